/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Files of /proc are the caller's, never those that a joined mount namespace has in their place: a
 * caller that has no /proc is told so.
 */
#include "spawn_join.h"

#include <sys/stat.h>

/* A file that takes whatever is written to it. */
static bool false_proc(void)
{
	int fd;

	if (mount("none", "/proc", "tmpfs", 0, NULL) != 0 || mkdir("/proc/self", 0755) != 0)
		return false;
	fd = creat("/proc/self/oom_score_adj", 0666);
	return fd >= 0 && close(fd) == 0;
}

static const char *without_proc(const void *pointer)
{
	const char *empty = "/sys"; /* in which there is no proc */
	const struct clone3_plan *plan = pointer;

	if (chroot(empty) != 0 || chdir("/") != 0)
		return "no other root";
	return fault_of_refusal(plan, ENOENT, CLONE3_STEP_OOM_SCORE_ADJ, 0);
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct holder *holder;
	struct clone3_join join;

	(void)argv;
	if (argc > 1)
		return 0;
	if (geteuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("spawn_foreign_proc", "needs root");
		return done();
	}
	plan = plan_by_fd_for("unused");
	holder = holder_start(CLONE3_NEWNS, false, false_proc);
	join = (struct clone3_join){ holder->pidfd, 0, CLONE3_NEWNS };
	plan.steps |= CLONE3_STEP_JOIN_NAMESPACES | CLONE3_STEP_OOM_SCORE_ADJ;
	plan.joins = &join;
	plan.join_count = 1;
	plan.oom_score_adj = 500;
	holds_apart(without_proc, &plan, "a caller without /proc writes to no other");
	holder_end(holder);
	return done();
}
