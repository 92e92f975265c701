/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* IGNORE_SIGNALS, DEFAULT_SIGNALS, SIGNAL_MASK: what the program ignores, handles and blocks. */
#include "spawn.h"

#define BIT(signo) (1ULL << ((signo)-1))

/* The libc's own, which it lets nobody change: a runner may have left them ignored. */
#define RESERVED (7ULL << 31)

static int program(const char *what)
{
	(void)what;
	report->value[0] = (int64_t)proc_status(getpid(), getpid(), "SigIgn", 16);
	report->value[1] = (int64_t)proc_status(getpid(), getpid(), "SigCgt", 16);
	if (SANITIZED) /* it handles faults */
		report->value[1] &= (int64_t)(BIT(SIGUSR2) | BIT(SIGRTMIN + 1));
	report->value[2] = (int64_t)raw_mask();
	return 0;
}

static void handler(int signo)
{
	(void)signo;
}

int main(int argc, char **argv)
{
	uint64_t blocked = BIT(SIGUSR1) | BIT(SIGRTMIN + 3);
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	for (int signo = 1; signo < SIGRTMIN; signo++) /* a shell's background job ignores some */
		signal(signo, SIG_DFL);
	signal(SIGUSR2, handler);
	signal(SIGRTMIN + 1, handler);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &blocked, NULL, 8);

	plan = plan_for("signals");
	runs(&plan, 0, "without a step");
	is((uint64_t)report->value[0] & ~RESERVED, BIT(SIGHUP) | BIT(SIGPIPE),
	   "what the caller ignores is ignored");
	is(report->value[1], 0, "nothing is handled");
	is(report->value[2], blocked, "the caller's mask");

	plan.steps = CLONE3_STEP_IGNORE_SIGNALS | CLONE3_STEP_DEFAULT_SIGNALS |
		     CLONE3_STEP_SIGNAL_MASK;
	plan.ignore_signals = BIT(SIGUSR2) | BIT(SIGINT) | BIT(63);
	plan.default_signals = BIT(SIGPIPE) | BIT(SIGTERM);
	plan.signal_mask = BIT(SIGQUIT) | BIT(64);
	runs(&plan, 0, "with all three");
	is((uint64_t)report->value[0] & ~RESERVED, BIT(SIGHUP) | plan.ignore_signals, "ignored");
	is(report->value[1], 0, "nothing is handled");
	is(report->value[2], plan.signal_mask, "the plan's mask");
	plan.ignore_signals = 0;
	plan.default_signals = ~(BIT(SIGKILL) | BIT(SIGSTOP));
	plan.signal_mask = ~0ULL;
	runs(&plan, 0, "with full sets");
	is(report->value[0], 0, "nothing is ignored");
	is(report->value[2], ~(BIT(SIGKILL) | BIT(SIGSTOP)), "all is blocked that can be");

	ok(signal(SIGUSR2, SIG_DFL) == handler && signal(SIGHUP, SIG_DFL) == SIG_IGN,
	   "the caller's dispositions are as they were");

	plan.signal_mask = 0;
	for (int signo = SIGKILL; signo <= SIGSTOP; signo += SIGSTOP - SIGKILL) {
		plan.default_signals = 0;
		plan.ignore_signals = BIT(signo);
		refused(&plan, EINVAL, CLONE3_STEP_IGNORE_SIGNALS, 0, "one that cannot be");
		plan.ignore_signals = 0;
		plan.default_signals = BIT(signo);
		refused(&plan, EINVAL, CLONE3_STEP_DEFAULT_SIGNALS, 0, "one that cannot be");
	}
	plan.ignore_signals = BIT(SIGINT);
	plan.default_signals = BIT(SIGINT) | BIT(SIGTERM);
	refused(&plan, EINVAL, CLONE3_STEP_DEFAULT_SIGNALS, 0, "both ignored and at default");
	return done();
}
