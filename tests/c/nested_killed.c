/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The child of a joined pid namespace, the one between, and the namespace's init, killed at each
 * stage. The caller does not go on while anybody is in its memory; it tells right; nothing is left.
 */
#include "nested.h"

static const struct gate_call calls[] = {
	{ SYS_setns, GATE_ANY }, { SYS_clone3, GATE_ANY },         { SYS_close_range, GATE_ANY },
	{ SYS_close, GATE_ANY }, { SYS_rt_sigprocmask, GATE_ANY }, { SYS_setsid, GATE_ANY },
	{ SYS_chdir, GATE_ANY }, { SYS_execve, GATE_ANY },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static struct pid_namespace namespace;
static struct clone3_join join;
static struct clone3_plan plan;

static int program(const char *what)
{
	(void)what;
	report->value[0]++;
	return getpid() == 1 ? 1 : 23;
}

static uint64_t step_of(const struct gate_request *request)
{
	uint64_t before = plan.steps & CLONE3_STEP_CLOSE_OTHERS ? CLONE3_STEP_CLOSE_OTHERS :
								  CLONE3_STEP_CLONE;

	switch (request->number) {
	case SYS_setns:
		return CLONE3_STEP_JOIN_NAMESPACES;
	case SYS_clone3:
		return CLONE3_STEP_CLONE;
	case SYS_setsid:
		return CLONE3_STEP_SESSION;
	case SYS_chdir:
		return CLONE3_STEP_CWD;
	case SYS_execve:
	case SYS_rt_sigprocmask:
		return CLONE3_STEP_EXEC;
	default:
		return before;
	}
}

/* Who is killed while who is held. */
enum victim { VICTIM_BETWEEN, VICTIM_NESTED, VICTIM_BOTH, VICTIM_INIT, VICTIMS };
static const char *const victim_names[VICTIMS] = { "the one between", "the nested child", "both",
						   "init" };

static bool is_gone(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | __WALL) == 0 || errno == ECHILD;
}

static void succeeded(struct gate *gate, const char *what)
{
	is(gate->result, 0, what);
	is(reap_code(gate->child.pid), 23, "its program runs in the namespace");
	close(gate->child.pidfd);
}

/* One stage; false: @held makes no such call. */
static bool killed(enum role held, int nth, enum victim victim)
{
	struct gate gate = { 0 };
	struct walk walk;
	bool goes_on = held == ROLE_NESTED && victim == VICTIM_BETWEEN;
	char what[96];

	snprintf(what, sizeof(what), "%s killed at call %d of %s", victim_names[victim], nth,
		 held == ROLE_NESTED ? "the nested child" : "the one between");
	walk_start(&walk, &gate, &plan, calls, CALLS);
	if (!walk_to(&walk, held, nth)) {
		gate_finish(&gate);
		succeeded(&gate, "one that nobody kills");
		return false;
	}
	if (victim == VICTIM_BETWEEN || victim == VICTIM_BOTH) {
		kill(walk.child, SIGKILL);
		is_gone(walk.child);
		if (held == ROLE_NESTED) {
			sleep_ms(5);
			ok(!__atomic_load_n(&gate.ended, __ATOMIC_SEQ_CST), "%s: the caller stays",
			   what);
		}
	}
	if (victim == VICTIM_NESTED || victim == VICTIM_BOTH)
		kill((pid_t)walk.request.pid, SIGKILL);
	if (victim == VICTIM_INIT) {
		pid_namespace_kill(&namespace);
		/* Its own end would wait for the nested child's to be told. */
		if (held == ROLE_NESTED)
			is_gone((pid_t)walk.request.pid);
		else
			poll(&(struct pollfd){ .fd = namespace.init, .events = POLLIN }, 1, 10000);
	}
	gate_open(&gate, &walk.request);
	ok(gate_finish(&gate), "%s: the caller returns", what);
	if (goes_on)
		succeeded(&gate, what);
	else if (victim == VICTIM_INIT && held == ROLE_CHILD)
		gate_failed(&gate, ENOMEM, CLONE3_STEP_CLONE, 0, what);
	else
		gate_failed(&gate, ECANCELED, step_of(&walk.request), 0, what);
	if (victim == VICTIM_INIT) {
		pid_namespace_end(&namespace);
		ok(pid_namespace_make(&namespace), "another namespace");
		join.fd = namespace.fd;
	}
	return true;
}

static void all_killed(enum role held, enum victim victim, int stages)
{
	struct state before;
	int nth = 0;

	state_take(&before);
	while (killed(held, nth, victim))
		nth++;
	ok(nth >= stages, "%d stages", nth);
	if (victim != VICTIM_INIT)
		nothing_left(&before, victim_names[victim]);
}

int main(int argc, char **argv)
{
	struct gate gate = { 0 };
	struct clone3_fd map;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!is_static()) {
		skip("nested_killed", "needs a static program");
		return done();
	}
	if (!nested_can_be_tested("nested_killed", &namespace))
		return done();
	plan = plan_to_join(&join, &namespace, "unused");
	plan.steps |= CLONE3_STEP_SESSION | CLONE3_STEP_CWD;
	plan.cwd = "/";
	if (!gate_start(&gate, &plan, calls, CALLS)) {
		skip("nested_killed", "seccomp cannot ask");
		pid_namespace_end(&namespace);
		return done();
	}
	gate_finish(&gate);
	succeeded(&gate, "the plan itself works");
	map = (struct clone3_fd){ report_fd, report_fd };
	for (int closes = 0; closes < 2; closes++) {
		if (closes) {
			plan.steps |= CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_FDS;
			plan.fds = &map;
			plan.fd_count = 1;
		}
		all_killed(ROLE_CHILD, VICTIM_BETWEEN, 2);
		all_killed(ROLE_CHILD, VICTIM_INIT, 2);
		for (int victim = 0; victim < VICTIMS; victim++)
			all_killed(ROLE_NESTED, (enum victim)victim, 4);
	}
	pid_namespace_end(&namespace);
	is(waitpid(-1, NULL, __WALL | WNOHANG), -1, "no child is left");
	return done();
}
