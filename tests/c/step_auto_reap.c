/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AUTO_REAP, KILL_ON_CLOSE: since Linux 7.1 no zombie, and no survivor; before, the step is told. */
#include "spawn.h"

#include <poll.h>

#define REAP CLONE3_STEP_AUTO_REAP
#define KILL CLONE3_STEP_KILL_ON_CLOSE

/* "waits": until the other end of its standard input is closed. */
static int program(const char *what)
{
	char byte;

	report->value[0] = getpid();
	report->value[1] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	if (strcmp(what, "waits") == 0)
		while (read(0, &byte, 1) > 0)
			;
	report->value[2] = 1;
	return 42;
}

/* As an older kernel: AUTO_REAP is the first that it does not know. */
static void refused_here(void)
{
	static const struct {
		uint64_t steps, optional, failed, omitted;
		const char *name;
	} cases[] = {
		{ REAP, 0, REAP, 0, "AUTO_REAP" },
		{ KILL, 0, KILL, 0, "KILL_ON_CLOSE" },
		{ REAP | KILL, 0, REAP, 0, "both" },
		{ REAP | KILL, REAP, KILL, 0, "both, AUTO_REAP optional" },
		{ REAP | KILL, KILL, REAP, 0, "both, KILL_ON_CLOSE optional" },
		{ REAP, REAP, 0, REAP, "AUTO_REAP optional" },
		{ KILL, KILL, 0, KILL, "KILL_ON_CLOSE optional" },
		{ REAP | KILL, REAP | KILL, 0, REAP | KILL, "both optional" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct clone3_plan plan = plan_for("runs");
		struct clone3_child child;

		plan.steps = cases[i].steps | CLONE3_STEP_UMASK;
		plan.optional = cases[i].optional;
		if (cases[i].failed) {
			refused(&plan, EINVAL, cases[i].failed, 0, cases[i].name);
			continue;
		}
		child = runs(&plan, 42, cases[i].name);
		is(child.omitted, cases[i].omitted, "left out and reported");
		is(child.emulated, 0, "and not emulated");
		is(report->value[1], 0, "the program may gain privileges");
	}
}

/* One that is refused for something else is not blamed. */
static void refused_beside(void)
{
	static const int32_t taken[] = { 1 };
	struct clone3_plan plan = plan_for("runs");

	plan.steps = REAP | KILL | CLONE3_STEP_SET_TID;
	plan.optional = REAP | KILL;
	plan.set_tid = taken;
	plan.set_tid_count = 1;
	if (has_capability(TEST_CAP_SYS_ADMIN))
		refused(&plan, EEXIST, CLONE3_STEP_SET_TID, 0, "a taken number");
	plan = plan_for("runs");
	plan.steps = plan.optional = REAP | KILL;
	plan.path = "/no/such/program";
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "both optional, and no program");
}

static bool hangs_up(int pidfd, int ms)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	return poll(&poll_fd, 1, ms) == 1;
}

static void reaped(uint64_t steps, const char *what)
{
	struct clone3_plan plan = plan_for("runs");
	struct clone3_child child;
	struct clone3_exit end;
	struct state before;

	state_take(&before);
	report_clear();
	plan.steps = steps;
	if (!ok(spawn_plan(&plan, &child) == 0 && child.omitted == 0, "%s: started", what))
		return;
	ok(hangs_up(child.pidfd, 10000), "its end shows");
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 10000000000, &end), 1, "the pidfd tells");
	ok(end.code == CLD_EXITED && end.status == 42, "the exit status");
	is(report->value[1], steps & KILL ? 1 : 0, "no_new_privs comes with KILL_ON_CLOSE");
	close(child.pidfd);
	nothing_left(&before, what);
}

static void killed_on_close(void)
{
	struct clone3_plan plan = plan_for("waits");
	struct clone3_child child;
	struct clone3_fd fds[2];
	int input[2], second, copy;

	pipe2(input, O_CLOEXEC);
	fds[0] = (struct clone3_fd){ input[0], 0 };
	fds[1] = (struct clone3_fd){ report_fd, report_fd };
	plan.steps = KILL | CLONE3_STEP_FDS;
	plan.fds = fds;
	plan.fd_count = 2;
	report_clear();
	if (!ok(spawn_plan(&plan, &child) == 0, "KILL_ON_CLOSE: started"))
		return;
	second = clone3_pidfd_open(child.pid, 0);
	copy = fcntl(child.pidfd, F_DUPFD_CLOEXEC, 3);
	close(child.pidfd);
	ok(!hangs_up(second, 100), "it lives as long as there is a copy of the pidfd");
	close(copy);
	ok(hangs_up(second, 10000), "and is killed when the last one is closed");
	is(report->value[2], 0, "it did not end by itself");
	close(second);
	close(input[0]);
	close(input[1]);
}

int main(int argc, char **argv)
{
	uint64_t known;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	known = support_here().flags;
	if (known & CLONE3_AUTOREAP) {
		reaped(REAP, "AUTO_REAP");
		if (known & CLONE3_PIDFD_AUTOKILL) {
			reaped(KILL, "KILL_ON_CLOSE");
			reaped(REAP | KILL, "both");
			killed_on_close();
		}
	} else {
		refused_here();
	}
	refused_beside();
	return done();
}
