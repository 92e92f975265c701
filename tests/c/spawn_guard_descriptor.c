/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A guarded spawn opens a file of its own: a plan that names its number still finds nothing there. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* The lowest number that is free is the first that the library gets. */
static int lowest_free(void)
{
	int fd = dup(report_fd);

	close(fd);
	return fd;
}

int main(int argc, char **argv)
{
	static const uint64_t ways[] = { 0, CLONE3_STEP_CLOSE_OTHERS };
	static const char *const names[] = { "", ", CLOSE_OTHERS" };
	char what[96];
	int lowest;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	lowest = lowest_free();
	for (int i = 0; i < 2; i++)
		for (int fd = lowest; fd < lowest + 4; fd++) {
			const struct clone3_fd elsewhere = { fd, 60 };
			const struct clone3_fd itself = { fd, fd };
			struct clone3_plan plan = plan_for("guarded");

			plan.steps = CLONE3_STEP_UID | CLONE3_STEP_FDS | ways[i];
			plan.uid = geteuid();
			plan.fd_count = 1;
			plan.fds = &elsewhere;
			snprintf(what, sizeof(what), "source %d%s", fd - lowest, names[i]);
			refused(&plan, EBADF, CLONE3_STEP_FDS, 0, what);
			plan.fds = &itself;
			snprintf(what, sizeof(what), "source and target %d%s", fd - lowest,
				 names[i]);
			refused(&plan, EBADF, CLONE3_STEP_FDS, 0, what);

			plan.steps = CLONE3_STEP_UID | CLONE3_STEP_CWD_FD | ways[i];
			plan.fds = NULL;
			plan.fd_count = 0;
			plan.cwd_fd = fd;
			snprintf(what, sizeof(what), "directory %d%s", fd - lowest, names[i]);
			refused(&plan, EBADF, CLONE3_STEP_CWD_FD, 0, what);

			plan = plan_for("guarded");
			plan.steps = CLONE3_STEP_UID | CLONE3_STEP_EXEC_FD | ways[i];
			plan.uid = geteuid();
			plan.path = NULL;
			plan.exec_fd = fd;
			snprintf(what, sizeof(what), "program %d%s", fd - lowest, names[i]);
			refused(&plan, EBADF, CLONE3_STEP_EXEC, 0, what);

			plan = plan_for("guarded");
			plan.steps = CLONE3_STEP_UID | CLONE3_STEP_FOREGROUND | ways[i];
			plan.uid = geteuid();
			plan.foreground_fd = fd;
			snprintf(what, sizeof(what), "terminal %d%s", fd - lowest, names[i]);
			refused(&plan, EBADF, CLONE3_STEP_FOREGROUND, 0, what);

			plan = plan_for("guarded");
			plan.steps = CLONE3_STEP_UID | CLONE3_STEP_CGROUP | ways[i];
			plan.uid = geteuid();
			plan.cgroup_fd = fd;
			snprintf(what, sizeof(what), "cgroup %d%s", fd - lowest, names[i]);
			refused(&plan, EBADF, CLONE3_STEP_CGROUP, 0, what);
		}
	return done();
}
