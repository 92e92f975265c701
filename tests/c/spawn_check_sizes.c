/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The sizes of plan and record: older, newer and impossible callers. */
#include "spawn.h"

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* Two pages of 0xa5, at whose beginning is a record of @size bytes. */
static unsigned char *record;

static struct clone3_child *record_of(uint64_t size)
{
	memset(record, 0xa5, 2 * PAGE);
	memcpy(record, &size, sizeof(size));
	return (struct clone3_child *)record;
}

static bool filled(size_t from, size_t to, unsigned char with)
{
	while (from < to && record[from] == with)
		from++;
	return from >= to;
}

static void untouched(const struct clone3_plan *plan, uint64_t size, int error, const char *what)
{
	struct clone3_child *child = record_of(size);
	struct state before;

	state_take(&before);
	is(clone3_spawn(plan, child), -error, what);
	ok(child->size == size && filled(sizeof(size), 2 * PAGE, 0xa5), "nothing is written");
	nothing_left(&before, what);
}

static void started(const struct clone3_plan *plan, struct clone3_child *child, const char *what)
{
	struct clone3_exit end = { 0 };

	is(clone3_spawn(plan, child), 0, what);
	if (child->pidfd >= 0) {
		clone3_pidfd_wait(child->pidfd, 0, &end);
		close(child->pidfd);
	}
	ok(end.code == CLD_EXITED && end.status == 0, "the program ran");
}

static void sizes_of_record(void)
{
	static const uint64_t small[] = { 0, 1, 8, CLONE3_CHILD_SIZE_VER0 - 1 };
	const uint64_t large[] = { CLONE3_CHILD_SIZE_VER0, CLONE3_CHILD_SIZE_VER0 + 1,
				   CLONE3_CHILD_SIZE_VER0 + 8, PAGE };
	struct clone3_plan plan = plan_for("size");
	struct clone3_plan bad = plan;

	bad.argv = NULL;
	is(clone3_spawn(&plan, NULL), -EINVAL, "no record");
	is(clone3_spawn(NULL, NULL), -EINVAL, "neither plan nor record");
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		untouched(&plan, small[i], EINVAL, "a record below its first version");
		untouched(NULL, small[i], EINVAL, "and no plan");
	}
	untouched(&plan, PAGE + 1, E2BIG, "a record above a page");
	untouched(&plan, UINT64_MAX, E2BIG, "a record of the greatest size");
	for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		struct clone3_child *child = record_of(large[i]);

		started(&plan, child, "a record of its first version, or longer");
		is(child->size, large[i], "its size is as it was");
		ok(filled(sizeof(*child), large[i], 0) && filled(large[i], 2 * PAGE, 0xa5),
		   "the tail is zeroed, and nothing behind");
		child = record_of(large[i]);
		is(clone3_spawn(&bad, child), -EINVAL, "a plan that is refused");
		ok(child->size == large[i] && child->pid == -1 && child->pidfd == -1 &&
			   child->error == EINVAL && child->failed_step == CLONE3_STEP_CHECK &&
			   child->emulated == 0 && child->omitted == 0 &&
			   filled(sizeof(*child), large[i], 0) && filled(large[i], 2 * PAGE, 0xa5),
		   "the same, and every member is set");
	}
}

static void sizes_of_plan(void)
{
	static const uint64_t small[] = { 0, 8, CLONE3_PLAN_SIZE_VER0 - 1 };
	struct {
		struct clone3_plan plan;
		unsigned char tail[64];
	} newer;
	struct clone3_plan plan = plan_for("size");
	char *edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
	struct clone3_plan *at_edge;

	refused(NULL, EINVAL, CLONE3_STEP_CHECK, 0, "no plan");
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		plan.size = small[i];
		refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "a plan below its first version");
	}
	plan.size = PAGE + 1;
	refused(&plan, E2BIG, CLONE3_STEP_CHECK, 0, "a plan above a page");
	plan.size = UINT64_MAX;
	refused(&plan, E2BIG, CLONE3_STEP_CHECK, 0, "a plan of the greatest size");

	memset(&newer, 0, sizeof(newer));
	newer.plan = plan_for("size");
	for (uint64_t size = sizeof(plan); size <= sizeof(newer); size += 8) {
		newer.plan.size = size;
		runs(&newer.plan, 0, "a newer plan with a zero tail");
	}
	for (size_t i = 0; i < sizeof(newer.tail); i += 21) {
		newer.tail[i] = 1;
		refused(&newer.plan, E2BIG, CLONE3_STEP_CHECK, 0, "one with a tail in use");
		newer.tail[i] = 0;
	}
	newer.plan.size = sizeof(plan);
	newer.tail[0] = 1;
	runs(&newer.plan, 0, "what lies behind the size does not count");

	/* No byte behind the size is read, nor any of a plan that is too large. */
	mprotect(edge + PAGE, PAGE, PROT_NONE);
	at_edge = (struct clone3_plan *)(edge + PAGE - sizeof(plan));
	*at_edge = plan_for("size");
	runs(at_edge, 0, "a plan at the end of memory");
	at_edge = (struct clone3_plan *)(edge + PAGE - 8);
	at_edge->size = PAGE + 1;
	refused(at_edge, E2BIG, CLONE3_STEP_CHECK, 0, "one above a page is not read");
	at_edge->size = 8;
	refused(at_edge, EINVAL, CLONE3_STEP_CHECK, 0, "nor is one that is too small");
	munmap(edge, 2 * PAGE);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	record = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sizes_of_record();
	sizes_of_plan();
	return done();
}
