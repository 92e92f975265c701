/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS does not overwrite what a later step needs: the directory, the program. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	report->text[0] = 0;
	if (!getcwd(report->text, sizeof(report->text)))
		return 1;
	report->value[0] = fcntl(30, F_GETFD);
	report->value[1] = fcntl(31, F_GETFD);
	for (int fd = 0; fd < 64; fd++)
		report->value[2] += fcntl(fd, F_GETFD) >= 0;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	report_open();

	int directory = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct clone3_plan plan = plan_by_fd_for("directory");
	int self = plan.exec_fd;

	dup3(directory, 30, O_CLOEXEC);
	dup3(self, 31, O_CLOEXEC);

	const struct clone3_fd over_both[] = {
		{ report_fd, 30 }, { report_fd, 31 }, { report_fd, report_fd }, { 1, 1 }, { 2, 2 }
	};
	const struct clone3_fd as_it_is[] = { { 31, 31 }, { report_fd, report_fd } };

	plan.steps |= CLONE3_STEP_FDS | CLONE3_STEP_CWD_FD | CLONE3_STEP_CLOSE_OTHERS;
	plan.cwd_fd = 30;
	plan.exec_fd = 31;
	plan.fds = over_both;
	plan.fd_count = 5;
	runs(&plan, 0, "directory and program under targets' numbers");
	ok(strcmp(report->text, "/usr") == 0, "the directory is the one meant: %s", report->text);
	ok(report->value[0] == 0 && report->value[1] == 0, "the targets are there");
	is(report->value[2], 6, "and with 0 to 2 nothing else");

	plan.fds = as_it_is;
	plan.fd_count = 2;
	runs(&plan, 0, "the program's own descriptor is passed on");
	ok(report->value[1] == 0 && report->value[0] == -1, "it stays, the directory does not");

	plan.fd_count = 0;
	plan.steps &= ~CLONE3_STEP_CLOSE_OTHERS;
	fcntl(31, F_SETFD, 0);
	runs(&plan, 0, "a program's descriptor that is not close-on-exec");
	is(report->value[1], -1, "is closed in the program all the same");
	return done();
}
