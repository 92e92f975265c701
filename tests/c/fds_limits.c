/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS with RLIMITS: a raised limit comes before the map, a lowered one after it. */
#include "spawn.h"

#include <sys/resource.h>

static int program(const char *what)
{
	struct rlimit limit;
	struct stat status;

	getrlimit(RLIMIT_NOFILE, &limit);
	report->value[0] = (int64_t)limit.rlim_cur;
	report->value[1] = fstat(atoi(what), &status) == 0 ? (int64_t)status.st_ino : 0;
	return 0;
}

int main(int argc, char **argv)
{
	struct rlimit limit = { 256, 4096 };
	struct stat status;

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < 1024) {
		skip("fds_limits", "RLIMIT_NOFILE's hard limit is below 1024");
		return done();
	}
	limit.rlim_cur = 256;
	setrlimit(RLIMIT_NOFILE, &limit);
	report_open();
	fstat(report_fd, &status);

	const struct clone3_fd low = { report_fd, 100 };
	const struct clone3_fd high = { report_fd, 600 };
	const struct clone3_rlimit raised = { RLIMIT_NOFILE, 0, 1024, 1024 };
	const struct clone3_rlimit lowered = { RLIMIT_NOFILE, 0, 50, 1024 };
	struct clone3_plan plan = plan_for("600");

	plan.steps = CLONE3_STEP_FDS;
	plan.fds = &high;
	plan.fd_count = 1;
	refused(&plan, EBADF, CLONE3_STEP_FDS, 0, "a target above the limit");
	plan.steps |= CLONE3_STEP_RLIMITS;
	plan.rlimits = &raised;
	plan.rlimit_count = 1;
	runs(&plan, 0, "with the limit raised");
	is(report->value[0], 1024, "the program has that limit");
	is(report->value[1], status.st_ino, "and the descriptor");

	plan = plan_for("100");
	plan.steps = CLONE3_STEP_FDS | CLONE3_STEP_RLIMITS;
	plan.fds = &low;
	plan.fd_count = 1;
	plan.rlimits = &lowered;
	plan.rlimit_count = 1;
	runs(&plan, 0, "with the limit lowered below a target");
	is(report->value[0], 50, "the program has that limit");
	is(report->value[1], status.st_ino, "and the descriptor above it");

	/* The two highest numbers there are: nothing is free above them for a swap. */
	const struct clone3_fd swap[] = { { 254, 255 }, { 255, 254 } };
	int other = (int)syscall(SYS_memfd_create, "other", 1);
	struct stat other_status;

	fstat(other, &other_status);
	dup3(report_fd, 254, O_CLOEXEC);
	dup3(other, 255, O_CLOEXEC);
	plan = plan_for("254");
	plan.steps = CLONE3_STEP_FDS;
	plan.fds = swap;
	plan.fd_count = 2;
	runs(&plan, 0, "a swap of the two highest");
	is(report->value[1], other_status.st_ino, "is made");
	return done();
}
