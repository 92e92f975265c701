/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RLIMITS that would stop the child's own steps: they are set when those are done. */
#include "spawn.h"

static int program(const char *what)
{
	struct rlimit limit;

	(void)what;
	getrlimit(RLIMIT_FSIZE, &limit);
	report->value[0] = (int64_t)limit.rlim_cur;
	getrlimit(RLIMIT_NOFILE, &limit);
	report->value[1] = (int64_t)limit.rlim_cur;
	report->value[2] = fcntl(700, F_GETFD);
	report->value[3] = getuid();
	return 0;
}

/* A process of a user whose limit is one. */
static int other_process(void *pointer)
{
	int *ready = pointer;

	if (syscall(SYS_setresuid, 54321, 54321, 54321) != 0)
		return 1;
	announce(ready);
	return child_pauses(NULL);
}

/* The kernel lets the ids change, and refuses exec: @error, or 0. */
static const char *one_more_process(const void *error)
{
	static const struct clone3_rlimit one[] = { { RLIMIT_NPROC, 0, 1, 1 } };
	struct clone3_plan plan = plan_for("limits");
	int expected = *(const int *)error;

	plan.steps = CLONE3_STEP_RLIMITS | CLONE3_STEP_UID;
	plan.rlimits = one;
	plan.rlimit_count = 1;
	plan.uid = 54321;
	return expected ? fault_of_refusal(&plan, expected, CLONE3_STEP_EXEC, 0) :
			  fault_of_run(&plan, 0, NULL);
}

static void processes(void)
{
	const int errors[] = { 0, EAGAIN };
	int *ready = shared_memory(2 * sizeof(*ready));
	struct child others[2];

	holds_apart(one_more_process, &errors[0], "a user's only process");
	for (int i = 0; i < 2; i++) {
		others[i] = child_start(other_process, &ready[i]);
		ok(await(&ready[i]), "another process of that user");
	}
	holds_apart(one_more_process, &errors[1], "a user over the limit already");
	for (int i = 0; i < 2; i++)
		child_end(&others[i]);
	munmap(ready, 2 * sizeof(*ready));
}

int main(int argc, char **argv)
{
	/* With a sanitizer the program needs some memory, and opens its library. */
	static const uint64_t memory = SANITIZED ? UINT64_MAX : 8 << 20;
	static const uint64_t fewest = SANITIZED ? 100 : 3;
	const struct clone3_rlimit tight[] = {
		{ RLIMIT_FSIZE, 0, 0, 0 },
		{ RLIMIT_DATA, 0, memory, memory },
		{ RLIMIT_NOFILE, 0, fewest, fewest },
		{ RLIMIT_CPU, 0, 5, 5 },
	};
	static const struct clone3_rlimit too_small[] = { { RLIMIT_AS, 0, 4096, 4096 } };
	static const uint32_t groups[] = { 1 };
	struct clone3_fd map[] = { { 2, 700 }, { 0, 701 } };
	struct clone3_rlimit files[] = { { RLIMIT_NOFILE, 0, 1000, 1000 } };
	struct rlimit low = { 300, 1000 };
	struct rlimit before;
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();

	/* A soft limit that is raised is of use to the map, one that is lowered does not hurt it. */
	getrlimit(RLIMIT_NOFILE, &before);
	if (before.rlim_max < 1000) {
		skip("step_rlimits_last/files", "RLIMIT_NOFILE's hard limit is below 1000");
		return done();
	}
	low.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_NOFILE, &low);
	plan = plan_for("limits");
	plan.steps = CLONE3_STEP_FDS;
	plan.fds = map;
	plan.fd_count = 1;
	refused(&plan, EBADF, CLONE3_STEP_FDS, 0, "a number above the limit");
	plan.fd_count = 2;
	plan.steps |= CLONE3_STEP_RLIMITS;
	plan.rlimits = files;
	plan.rlimit_count = 1;
	runs(&plan, 0, "above the old limit, below the plan's");
	ok(report->value[1] == 1000 && report->value[2] == 0, "the limit and the descriptor");
	setrlimit(RLIMIT_NOFILE, &before);
	if (!is_static()) {
		skip("step_rlimits_last/loader", "so little is too little for shared libraries");
		return done();
	}
	files[0].soft = files[0].hard = fewest;
	runs(&plan, 0, "a limit below the map's numbers");
	ok(report->value[1] == (int64_t)fewest && report->value[2] == 0,
	   "the limit and the descriptor");

	/* Lowest limits beside every step that opens or writes a file, or needs memory or time. */
	plan = plan_for("limits");
	plan.steps = CLONE3_STEP_RLIMITS | CLONE3_STEP_OOM_SCORE_ADJ | CLONE3_STEP_FDS |
		     CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_SESSION;
	map[1] = (struct clone3_fd){ report_fd, report_fd };
	plan.fds = map;
	plan.fd_count = 2;
	plan.oom_score_adj = 5;
	plan.rlimits = tight;
	plan.rlimit_count = sizeof(tight) / sizeof(tight[0]);
	if (has_capability(7 /* CAP_SETUID */)) {
		plan.steps |= CLONE3_STEP_GROUPS | CLONE3_STEP_UID;
		plan.groups = groups;
		plan.group_count = 1;
		plan.uid = 65534;
	}
	runs(&plan, 0, "limits that no step could live with");
	ok(report->value[0] == 0 && report->value[1] == (int64_t)fewest && report->value[2] == 0,
	   "they hold");

	/* What execve still says is told; what happens to the program behind it is its own affair. */
	plan = plan_for("limits");
	plan.steps = CLONE3_STEP_RLIMITS;
	plan.rlimits = too_small;
	plan.rlimit_count = 1;

	struct clone3_child child;
	struct state state;
	struct clone3_exit end = { 0 };

	state_take(&state);
	is(spawn_plan(&plan, &child), 0, "an address space that is too small for the program");
	is(clone3_pidfd_wait(child.pidfd, 0, &end), 1, "it ends");
	ok(end.code == CLD_KILLED && end.status == SIGSEGV, "by exec's SIGSEGV: code %d, status %d",
	   end.code, end.status);
	close(child.pidfd);
	nothing_left(&state, "after it");

	if (geteuid() == 0 && has_capability(7 /* CAP_SETUID */))
		processes();
	else
		skip("step_rlimits_last/processes", "needs root");
	return done();
}
