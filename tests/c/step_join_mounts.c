/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A joined mount namespace: paths are its own, and steps that need /proc work though it has none. */
#include "old_kernel.h"
#include "spawn_join.h"

#define OOM_SCORE 123

static int proc_fd = -1;

/* With the caller's /proc as descriptor 50, if the plan gave it. */
static int program(const char *what)
{
	int fd = openat(50, "self/oom_score_adj", O_RDONLY);

	(void)what;
	report->value[0] = access("/tmp/marker", F_OK) == 0;
	report->value[1] = access("/proc/self", F_OK) == 0;
	report->value[2] = fcntl(700, F_GETFD) >= 0;
	if (!getcwd(report->text, 64))
		report->text[0] = 0;
	if (fd >= 0 && read(fd, report->text + 64, 16) > 0)
		report->value[3] = atoi(report->text + 64);
	return 0;
}

static bool prepare(void)
{
	return umount2("/proc", MNT_DETACH) == 0 && mount("none", "/tmp", "tmpfs", 0, NULL) == 0 &&
	       close(open("/tmp/marker", O_CREAT | O_WRONLY | O_CLOEXEC, 0644)) == 0;
}

static const char *fault_of_place(const struct clone3_plan *plan)
{
	struct clone3_child child;
	const char *fault = fault_of_run(plan, 0, &child);

	if (*fault)
		return fault;
	if (child.omitted)
		return "something was left out";
	if (!report->value[0] || report->value[1] || strcmp(report->text, "/") != 0)
		return "it is at another place";
	if (report->value[2])
		return "a descriptor is open";
	return report->value[3] == OOM_SCORE ? "" : "its score is another";
}

static const char *joined(const void *pointer)
{
	const struct holder *holder = pointer;
	const struct clone3_join joins[] = { { holder->pidfd, 0, holder->kinds } };
	const struct clone3_fd map[] = { { proc_fd, 50 }, { report_fd, report_fd } };
	struct clone3_plan plan = plan_by_fd_for("place");
	int high = dup2(0, 700);
	const char *fault;

	if (chdir("/usr") != 0)
		return "no directory";
	plan.steps |= CLONE3_STEP_JOIN_NAMESPACES | CLONE3_STEP_OOM_SCORE_ADJ | CLONE3_STEP_FDS |
		      CLONE3_STEP_CLOSE_OTHERS;
	plan.joins = joins;
	plan.join_count = 1;
	plan.oom_score_adj = OOM_SCORE;
	plan.fds = map;
	plan.fd_count = 2;
	fault = fault_of_place(&plan);
	if (*fault)
		return fault;
	/* The other way to close descriptors lists them, too. */
	if (!refuse(SYS_close_range, ENOSYS))
		return "no filter";
	fault = fault_of_place(&plan);
	close(high);
	if (*fault)
		return fault;
	plan.steps &= ~CLONE3_STEP_EXEC_FD;
	plan.exec_fd = 0;
	plan.path = "/proc/self/exe";
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	plan.path = "/tmp/marker";
	return *fault ? fault : fault_of_refusal(&plan, EACCES, CLONE3_STEP_EXEC, 0);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("step_join_mounts", "needs CAP_SYS_ADMIN");
		return done();
	}

	struct holder *alone = holder_start(CLONE3_NEWNS, false, prepare);
	struct holder *pid = holder_start(CLONE3_NEWNS | CLONE3_NEWPID, false, prepare);

	holds_apart(joined, alone, "a mount namespace");
	holds_apart(joined, pid, "with a pid namespace");
	holder_end(pid);
	holder_end(alone);
	return done();
}
