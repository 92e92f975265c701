/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With RLIMIT_NOFILE exhausted a spawn is EMFILE of the clone, and nothing is left. */
#include "filter.h"
#include "spawn.h"

/* Open all that may be opened but @spare, below a limit that makes it short work. */
static int fill(int descriptors[64], int spare)
{
	struct rlimit limit;
	int count = 0, fd;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = 40;
	setrlimit(RLIMIT_NOFILE, &limit);
	while (count < 64 && (fd = fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0)
		descriptors[count++] = fd;
	for (int i = 0; i < spare && count > 0; i++)
		close(descriptors[--count]);
	return count;
}

static const char *spawn_full(const struct clone3_plan *plan, int spare, int error, uint64_t step)
{
	static char fault[256];
	struct clone3_child child = child_record();
	struct state before, now;
	int descriptors[64], count, result;

	state_take(&before);
	count = fill(descriptors, spare);
	result = clone3_spawn(plan, &child);
	for (int i = 0; i < count; i++)
		close(descriptors[i]);
	if (result == 0) {
		reap_code(child.pid);
		close(child.pidfd);
	}
	state_take(&now);
	fault[0] = 0;
	if (result != -error || child.failed_step != step || (error && child.pidfd != -1))
		snprintf(fault, sizeof(fault), "result %d, step %s", result,
			 child.failed_step ? clone3_step_name(child.failed_step) : "none");
	else if (now.descriptors != before.descriptors || now.mask != before.mask ||
		 now.dumpable != before.dumpable || !has_no_child())
		snprintf(fault, sizeof(fault), "something is left");
	return fault;
}

static const char *full(const void *plan)
{
	return spawn_full(plan, 0, EMFILE, CLONE3_STEP_CLONE);
}

static const char *full_without_clone3(const void *plan)
{
	return filter_clone3(ENOSYS) ? full(plan) : "there is no filter";
}

static const char *one_left(const void *plan)
{
	return spawn_full(plan, 1, 0, 0);
}

int main(int argc, char **argv)
{
	static const struct clone3_fd swap[] = { { 0, 1 }, { 1, 0 } };
	struct clone3_plan bare, closing, guarded, swapping;

	(void)argv;
	if (argc > 1)
		return 0;
	bare = closing = guarded = swapping = plan_for("unused");
	closing.steps = CLONE3_STEP_CLOSE_OTHERS;
	guarded.steps = CLONE3_STEP_UID;
	guarded.uid = geteuid();
	swapping.steps = CLONE3_STEP_FDS;
	swapping.fds = swap;
	swapping.fd_count = 2;
	holds_apart(full, &bare, "no free descriptor: EMFILE of the clone");
	holds_apart(full, &closing, "the same where others are closed");
	holds_apart(full, &guarded, "the same with the guard");
	holds_apart(full_without_clone3, &bare, "the same without clone3");
	holds_apart(one_left, &bare, "one is enough");
	holds_apart(one_left, &closing, "also where others are closed");
	holds_apart(one_left, &swapping, "also for a swap, in the child's own table");
	return done();
}
