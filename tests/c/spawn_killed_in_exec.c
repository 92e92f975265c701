/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program that dies while the kernel loads it: what the caller sees, and that nothing is left. */
#include "spawn.h"

/* Past the point of no return it is an ordinary child: it was started, and it died. */
static void dies(const struct clone3_rlimit *limit, bool may_run, const char *what)
{
	struct clone3_plan plan = plan_for("unused");
	struct clone3_child child = child_record();
	struct clone3_exit end = { 0 };
	struct state before;
	int result;

	state_take(&before);
	plan.steps = CLONE3_STEP_RLIMITS;
	plan.rlimits = limit;
	plan.rlimit_count = 1;
	result = clone3_spawn(&plan, &child);
	printf("# %s: result %d, step %s, index %u\n", what, result,
	       child.failed_step ? clone3_step_name(child.failed_step) : "none",
	       child.failed_index);
	if (result == 0) {
		is(clone3_pidfd_wait(child.pidfd, 0, &end), 1, "it is an ordinary child");
		ok(end.code == CLD_EXITED ? may_run && end.status == 0 :
					    end.status == SIGSEGV || end.status == SIGKILL,
		   "that died of a signal%s", may_run ? ", or had enough to run" : "");
		close(child.pidfd);
	} else {
		ok(child.failed_step == CLONE3_STEP_EXEC && child.error == -result,
		   "%s: exec failed", what);
		ok(child.pid == -1 && child.pidfd == -1, "without a child");
	}
	nothing_left(&before, what);
}

int main(int argc, char **argv)
{
	static const struct clone3_rlimit limits[] = {
		{ .resource = RLIMIT_AS, .soft = 4096, .hard = 4096 },
		{ .resource = RLIMIT_AS, .soft = 1 << 18, .hard = 1 << 18 },
		{ .resource = RLIMIT_STACK, .soft = 0, .hard = 0 },
		{ .resource = RLIMIT_DATA, .soft = 0, .hard = 0 },
	};
	static const char *const names[] = { "no address space", "little address space", "no stack",
					     "no data" };

	(void)argv;
	if (argc > 1)
		return 0;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		dies(&limits[i], i > 0, names[i]);
	return done();
}
