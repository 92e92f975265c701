/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* UID_MAP, GID_MAP: what is no map, with its line; whose ids one may not map; what is left then. */
#include "spawn_namespace.h"

#include <grp.h>

#define CAP_SETFCAP_BIT (1U << 31)

static int program(const char *what)
{
	(void)what;
	report->value[0] = getuid();
	report->value[1] = getgid();
	read_text("/proc/self/uid_map", report->text, 2048);
	read_text("/proc/self/gid_map", report->text + 2048, 2048);
	return 0;
}

/* The same maps for users and for groups; with DENY_SETGROUPS. */
static struct clone3_plan plan_with(uint64_t steps, const struct clone3_id_range *ranges,
				    size_t count)
{
	struct clone3_plan plan = plan_for("maps");

	plan.steps = CLONE3_STEP_NAMESPACES | steps;
	plan.namespaces = CLONE3_NEWUSER;
	if (steps & CLONE3_STEP_UID_MAP) {
		plan.uid_map = ranges;
		plan.uid_map_count = count;
	}
	if (steps & CLONE3_STEP_GID_MAP) {
		plan.gid_map = ranges;
		plan.gid_map_count = count;
	}
	return plan;
}

static const uint64_t both[] = { CLONE3_STEP_UID_MAP, CLONE3_STEP_GID_MAP };

/* Found by the check: as it is, and if it is optional. */
static void no_map(const struct clone3_id_range *ranges, size_t count, uint32_t index,
		   const char *what)
{
	for (int i = 0; i < 2; i++) {
		struct clone3_plan plan = plan_with(both[i], ranges, count);

		refused(&plan, EINVAL, both[i], index, what);
		plan.optional = both[i];
		refused(&plan, EINVAL, both[i], index, "the same if it is optional");
	}
}

static void check(void)
{
	static struct clone3_id_range many[341];
	const struct clone3_id_range inside[] = { { 0, 100, 10 }, { 20, 200, 5 }, { 9, 300, 1 } };
	const struct clone3_id_range outside[] = { { 0, 100, 10 }, { 50, 109, 1 } };
	const struct clone3_id_range within[] = { { 5, 100, 1 }, { 0, 200, 10 } };
	const struct clone3_id_range empty[] = { { 0, 0, 1 }, { 1, 1, 0 } };
	const struct clone3_id_range wraps_inside[] = { { 0, 0, 1 }, { UINT32_MAX, 1, 1 } };
	const struct clone3_id_range wraps_outside[] = { { 0, UINT32_MAX - 1, 2 } };
	const struct clone3_id_range too_long[] = { { 1, 1, UINT32_MAX } };

	no_map(NULL, 1, 0, "NULL");
	no_map(NULL, 0, 0, "no line, and NULL");
	no_map(empty, 0, 0, "no line");
	no_map(empty, 2, 1, "an empty range");
	no_map(inside, 3, 2, "ranges that overlap inside");
	no_map(outside, 2, 1, "ranges that overlap outside");
	no_map(within, 2, 1, "one range within another");
	no_map(wraps_inside, 2, 1, "inside, the id that is none");
	no_map(wraps_outside, 1, 0, "outside, the same");
	no_map(too_long, 1, 0, "more ids than there are");
	for (uint32_t i = 0; i < 341; i++)
		many[i] = (struct clone3_id_range){ i, i, 1 };
	no_map(many, 341, 0, "341 lines");
	no_map(many, SIZE_MAX, 0, "a count without bound");
}

/*
 * Lines "1000 100000 1\n", and a last one that makes the text just @length long; how many lines.
 * Each is a range of its own.
 */
static size_t text_of(size_t length, struct clone3_id_range *ranges)
{
	size_t count = 0;

	while (length >= 14 + 14 || length == 14) {
		ranges[count] = (struct clone3_id_range){ 1000 + (uint32_t)count,
							  100000 + (uint32_t)count, 1 };
		length -= 14;
		count++;
	}
	if (length) { /* 15 to 27: a longer number outside, of up to ten digits, and inside */
		static const uint32_t digits[] = {
			1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000
		};
		size_t more = length - 14;
		size_t at_outside = more > 4 ? 4 : more;

		ranges[count++] = (struct clone3_id_range){ digits[3 + (more - at_outside)],
							    digits[5 + at_outside] * 2, 1 };
	}
	return count;
}

static size_t length_of(const struct clone3_id_range *ranges, size_t count)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(NULL, 0, "%u %u %u\n", ranges[i].inside,
					   ranges[i].outside, ranges[i].count);
	return length;
}

/* What the kernel takes at most: 340 lines, and less than a page. */
static void at_the_bounds(void)
{
	static struct clone3_id_range ranges[341];
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct clone3_plan plan;
	size_t count;

	for (uint32_t i = 0; i < 340; i++)
		ranges[i] = (struct clone3_id_range){ i, i, 1 };
	plan = plan_with(CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP, ranges, 340);
	runs(&plan, 0, "340 lines");
	is(report->value[0], 0, "it is root there");
	if (page > 4096) { /* 340 lines are always shorter */
		skip("step_id_map_errors/page", "pages of more than 4 KiB");
		return;
	}
	count = text_of(page - 1, ranges);
	is(length_of(ranges, count), page - 1, "the text is that long");
	plan = plan_with(CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP, ranges, count);
	runs(&plan, 0, "a text of a page less one");
	count = text_of(page, ranges);
	is(length_of(ranges, count), page, "the text is that long");
	no_map(ranges, count, (uint32_t)count - 1, "a text of a page");
	for (uint32_t i = 0; i < 340; i++)
		ranges[i] = (struct clone3_id_range){ 1000000000 + i, 2000000000 + i, 1 };
	no_map(ranges, 340, (uint32_t)((page - 1) / 24), "340 long lines");
}

/* Refused by the kernel: as it is, and left out if it is optional, with the rest taken. */
static const char *fault_of_foreign(struct clone3_plan plan, uint64_t step, int error)
{
	static char fault[600];
	struct clone3_child child;

	snprintf(fault, sizeof(fault), "%s", fault_of_refusal(&plan, error, step, 0));
	if (fault[0])
		return fault;
	plan.optional |= step;
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
	if (fault[0])
		return fault;
	if (child.omitted != step)
		return "it is not reported as left out";
	if (step == CLONE3_STEP_UID_MAP && (report->value[0] != 65534 || report->text[0]))
		return "it has a map of users all the same";
	if (step == CLONE3_STEP_GID_MAP && (report->value[1] != 65534 || report->text[2048]))
		return "it has a map of groups all the same";
	return "";
}

static const char *as_ordinary(const void *unused)
{
	const uint64_t deny = CLONE3_STEP_DENY_SETGROUPS;
	struct clone3_id_range own[2], foreign[2];
	struct clone3_plan plan;
	const char *fault = "";

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	for (int i = 0; i < 2 && !*fault; i++) {
		uint32_t id = i ? getgid() : getuid();

		own[0] = (struct clone3_id_range){ 0, id, 1 };
		own[1] = (struct clone3_id_range){ 1, id + 1, 1 };
		foreign[0] = (struct clone3_id_range){ 0, id - 1, 1 };
		plan = plan_with(both[i] | deny, foreign, 1);
		fault = fault_of_foreign(plan, both[i], EPERM);
		plan = plan_with(both[i] | deny, own, 2);
		if (!*fault)
			fault = fault_of_foreign(plan, both[i], EPERM);
		own[0].count = 2;
		plan = plan_with(both[i] | deny, own, 1);
		if (!*fault)
			fault = fault_of_foreign(plan, both[i], EPERM);
	}
	if (*fault)
		return fault;
	/* The other map is taken, the one that fails or not. */
	plan = plan_for("maps");
	map_own_ids(&plan, 0);
	foreign[0] = (struct clone3_id_range){ 0, getuid() - 1, 1 };
	plan.uid_map = foreign;
	fault = fault_of_foreign(plan, CLONE3_STEP_UID_MAP, EPERM);
	if (!*fault && report->value[1] != 0)
		fault = "the other map is not there";
	if (*fault)
		return fault;
	/* Groups could be given up that way: so setgroups has to be denied first. */
	own[0] = (struct clone3_id_range){ 0, getgid(), 1 };
	plan = plan_with(CLONE3_STEP_GID_MAP, own, 1);
	return fault_of_foreign(plan, CLONE3_STEP_GID_MAP, EPERM);
}

/* A caller that has the rights, but in a namespace in which the id does not exist. */
static const char *not_there(const void *unused)
{
	const struct clone3_id_range foreign[] = { { 0, 0, 1 }, { 1, 4711, 1 } };
	const char *fault = "";

	(void)unused;
	/* Root stays the owner of what nobody may dump: a helper can open the files. */
	if (!become_root_of(0))
		return "no user namespace";
	for (int i = 0; i < 2 && !*fault; i++)
		fault = fault_of_foreign(plan_with(both[i], foreign, 2), both[i], EPERM);
	return fault;
}

/* Root outside, without the capability that its id asks for. */
static const char *without_setfcap(const void *unused)
{
	const struct clone3_id_range root[] = { { 5, 0, 1 }, { 6, 7, 1 } };
	struct {
		uint32_t version;
		int pid;
	} header = { 0x20080522, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} sets[2];
	struct clone3_plan plan;
	const char *fault;

	(void)unused;
	if (syscall(SYS_capget, &header, sets) != 0)
		return "no capabilities";
	sets[0].effective &= ~CAP_SETFCAP_BIT;
	sets[0].permitted &= ~CAP_SETFCAP_BIT;
	if (syscall(SYS_capset, &header, sets) != 0)
		return "it cannot be given up";
	plan = plan_with(CLONE3_STEP_UID_MAP, root, 2);
	fault = fault_of_foreign(plan, CLONE3_STEP_UID_MAP, EPERM);
	if (*fault)
		return fault;
	plan = plan_with(CLONE3_STEP_UID_MAP, root + 1, 1); /* another id may be mapped */
	fault = fault_of_run(&plan, 0, NULL);
	return *fault || strstr(report->text, " 7 ") ? fault : "it has no map";
}

/* The clone fails when the thread that is to write the maps is there already. */
static void not_born(void)
{
	const struct clone3_id_range ranges[] = { { 0, 0, 10 } };
	const int32_t taken = (int32_t)getpid();
	struct clone3_plan plan = plan_with(CLONE3_STEP_UID_MAP | CLONE3_STEP_SET_TID, ranges, 1);

	plan.set_tid = &taken;
	plan.set_tid_count = 1;
	refused(&plan, EEXIST, CLONE3_STEP_SET_TID, 0, "maps for a child that is not born");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	check();
	if (geteuid() == 0 && has_capability(TEST_CAP_SYS_ADMIN) && has_capability(7) &&
	    has_capability(6) && has_capability(31)) {
		at_the_bounds();
		not_born();
		holds_apart(not_there, NULL, "ids that are not mapped here");
		holds_apart(without_setfcap, NULL, "root's id without CAP_SETFCAP");
	} else {
		skip("step_id_map_errors/root", "needs root, CAP_SETUID, CAP_SETGID, CAP_SETFCAP");
	}
	if (ordinary_users_may())
		holds_apart(as_ordinary, NULL, "an ordinary user, and ids of others");
	else
		skip("step_id_map_errors/ordinary", "no user namespaces for ordinary users");
	return done();
}
