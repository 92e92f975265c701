/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals that reach the child before exec: they wait, and then the program's rules hold. */
#include "spawn_gate.h"

static const struct gate_call at_umask[] = { { SYS_umask, GATE_ANY } };
static volatile sig_atomic_t handled;

static void on_signal(int signo)
{
	(void)signo;
	handled++;
}

static int program(const char *what)
{
	(void)what;
	report->value[0] = (int64_t)proc_status(getpid(), getpid(), "ShdPnd", 16);
	return 0;
}

/* Held at the umask, the child is sent @signo. */
static bool send_to_held(struct gate *gate, const struct clone3_plan *plan, int signo)
{
	struct gate_request request;

	if (!gate_start(gate, plan, at_umask, 1) || !gate_next(gate, &request))
		return false;
	kill_one((pid_t)request.pid, signo);
	return gate_open(gate, &request);
}

/* The caller's handler does not run in it: the default action is taken once the mask is lifted. */
static void fatal(void)
{
	struct clone3_plan plan = plan_for("unused");
	struct gate gate = { 0 };
	struct state before;

	state_take(&before);
	plan.steps = CLONE3_STEP_UMASK;
	ok(send_to_held(&gate, &plan, SIGUSR1), "a signal with a handler reaches a child");
	gate_finish(&gate);
	gate_failed(&gate, ECANCELED, CLONE3_STEP_EXEC, 0, "it dies before exec");
	is(handled, 0, "no handler ran");
	nothing_left(&before, "a fatal signal");

	/* With a mask in the plan that is the step. */
	plan.steps |= CLONE3_STEP_SIGNAL_MASK;
	ok(send_to_held(&gate, &plan, SIGUSR1), "the same with an empty mask in the plan");
	gate_finish(&gate);
	gate_failed(&gate, ECANCELED, CLONE3_STEP_SIGNAL_MASK, 0, "it dies before exec");
	nothing_left(&before, "a fatal signal");
}

static void blocked(void)
{
	struct clone3_plan plan = plan_for("pending");
	struct gate gate = { 0 };

	plan.steps = CLONE3_STEP_UMASK | CLONE3_STEP_SIGNAL_MASK;
	plan.signal_mask = 1ULL << (SIGUSR1 - 1);
	report_clear();
	ok(send_to_held(&gate, &plan, SIGUSR1), "a signal that the plan blocks");
	gate_finish(&gate);
	is(gate.result, 0, "does not end it");
	is(reap_code(gate.child.pid), 0, "the program runs");
	is(report->value[0], 1LL << (SIGUSR1 - 1), "and it is pending there");
	close(gate.child.pidfd);
}

static void ignored(void)
{
	struct clone3_plan plan = plan_for("pending");
	struct gate gate = { 0 };

	plan.steps = CLONE3_STEP_UMASK | CLONE3_STEP_IGNORE_SIGNALS;
	plan.ignore_signals = 1ULL << (SIGUSR1 - 1);
	report_clear();
	ok(send_to_held(&gate, &plan, SIGUSR1), "a signal that the plan ignores");
	gate_finish(&gate);
	is(gate.result, 0, "does not end it");
	is(reap_code(gate.child.pid), 0, "the program runs");
	is(report->value[0], 0, "and nothing is pending there");
	close(gate.child.pidfd);
}

/* SIGSTOP cannot be blocked: the caller stays parked until the child goes on. */
static void stopped(void)
{
	struct clone3_plan plan = plan_for("unused");
	struct gate gate = { 0 };
	struct gate_request request;
	siginfo_t info = { 0 };
	pid_t pid;

	plan.steps = CLONE3_STEP_UMASK;
	gate_start(&gate, &plan, at_umask, 1);
	gate_next(&gate, &request);
	pid = (pid_t)request.pid;
	kill_one(pid, SIGSTOP);
	gate_open(&gate, &request);
	is(waitid(P_PID, (id_t)pid, &info, WSTOPPED | __WALL | WNOWAIT), 0, "a child is stopped");
	sleep_ms(20);
	is(gate.ended, 0, "the caller is parked");
	kill_one(pid, SIGCONT);
	ok(gate_finish(&gate) && gate.result == 0, "until it is continued");
	is(reap_code(gate.child.pid), 0, "the program runs");
	close(gate.child.pidfd);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct clone3_plan plan;
	struct gate gate = { 0 };
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	plan = plan_for("unused");
	if (!gate_start(&gate, &plan, at_umask, 1)) {
		skip("spawn_signalled_on_its_way", "seccomp cannot ask");
		return done();
	}
	gate_finish(&gate);
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
	sigaction(SIGUSR1, &action, NULL);
	state_take(&before);
	fatal();
	blocked();
	ignored();
	stopped();
	is(handled, 0, "the caller's handler never ran");
	nothing_left(&before, "signals on the way");
	return done();
}
