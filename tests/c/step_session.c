/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SESSION, PROCESS_GROUP, CONTROLLING_TTY, FOREGROUND: where the program stands among processes. */
#include "spawn.h"

#include <sys/ioctl.h>

static int program(const char *what)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);

	(void)what;
	report->value[0] = getpid();
	report->value[1] = getsid(0);
	report->value[2] = getpgid(0);
	report->value[3] = tty;
	report->value[4] = tty >= 0 ? tcgetpgrp(tty) : -1;
	return 0;
}

static int terminal(int *other_end)
{
	int unlock = 0;
	int number = -1;
	char path[32];

	*other_end = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (*other_end < 0 || syscall(SYS_ioctl, *other_end, TIOCSPTLCK, &unlock) != 0 ||
	    syscall(SYS_ioctl, *other_end, TIOCGPTN, &number) != 0)
		return -1;
	snprintf(path, sizeof(path), "/dev/pts/%d", number);
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct clone3_child child;
	int other_end = -1;
	int ends[2];

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	pipe2(ends, O_CLOEXEC);

	int tty = terminal(&other_end);

	plan = plan_for("session");
	runs(&plan, 0, "without a step");
	ok(report->value[1] == getsid(0) && report->value[2] == getpgid(0), "as the caller");

	plan.steps = CLONE3_STEP_SESSION;
	child = runs(&plan, 0, "SESSION");
	ok(report->value[1] == child.pid && report->value[2] == child.pid, "it leads both");
	is(report->value[3], -1, "without a terminal");

	plan.steps = CLONE3_STEP_PROCESS_GROUP;
	child = runs(&plan, 0, "PROCESS_GROUP 0");
	ok(report->value[2] == child.pid && report->value[1] == getsid(0), "a group of its own");
	plan.process_group = getpgid(0);
	runs(&plan, 0, "PROCESS_GROUP of the caller");
	is(report->value[2], getpgid(0), "it is in that group");
	plan.process_group = 1 << 22;
	refused(&plan, EPERM, CLONE3_STEP_PROCESS_GROUP, 0, "a group that is not there");
	plan.process_group = -1;
	refused(&plan, EINVAL, CLONE3_STEP_PROCESS_GROUP, 0, "a negative group");
	plan.process_group = 0;
	plan.steps |= CLONE3_STEP_SESSION;
	refused(&plan, EINVAL, CLONE3_STEP_PROCESS_GROUP, 0, "with SESSION");

	plan.steps = CLONE3_STEP_CONTROLLING_TTY;
	plan.controlling_tty_fd = ends[0];
	refused(&plan, EINVAL, CLONE3_STEP_CONTROLLING_TTY, 0, "CONTROLLING_TTY without SESSION");
	plan.steps |= CLONE3_STEP_SESSION;
	refused(&plan, ENOTTY, CLONE3_STEP_CONTROLLING_TTY, 0, "a pipe");
	plan.controlling_tty_fd = -1;
	refused(&plan, EBADF, CLONE3_STEP_CONTROLLING_TTY, 0, "no descriptor");
	plan.controlling_tty_fd = 0;
	plan.steps = CLONE3_STEP_FOREGROUND;
	plan.foreground_fd = ends[0];
	refused(&plan, ENOTTY, CLONE3_STEP_FOREGROUND, 0, "FOREGROUND of a pipe");
	plan.foreground_fd = -7;
	refused(&plan, EBADF, CLONE3_STEP_FOREGROUND, 0, "no descriptor");
	if (tty < 0) {
		skip("step_session/terminal", "no pseudo-terminals here");
		return done();
	}
	plan.steps = CLONE3_STEP_SESSION | CLONE3_STEP_CONTROLLING_TTY | CLONE3_STEP_FOREGROUND;
	plan.controlling_tty_fd = tty;
	plan.foreground_fd = tty;
	child = runs(&plan, 0, "a terminal");
	ok(report->value[3] >= 0, "the program has it as its controlling terminal");
	is(report->value[4], child.pid, "and is its foreground group");
	is(fcntl(tty, F_GETFD), FD_CLOEXEC, "the caller keeps its descriptor");

	plan.steps = CLONE3_STEP_FOREGROUND;
	plan.controlling_tty_fd = 0;
	refused(&plan, ENOTTY, CLONE3_STEP_FOREGROUND, 0, "a terminal of no session");
	return done();
}
