/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A caller that is killed while its child is on the way: the child goes on, or ends with it. */
#include "spawn_gate.h"

static const struct gate_call at_umask[] = { { SYS_umask, GATE_ANY } };

struct caller {
	struct clone3_plan plan;
	int listener;
	int ready;
};

static int program(const char *what)
{
	(void)what;
	report->value[0] = 1;
	return 11;
}

static int spawn_and_wait(void *pointer)
{
	struct caller *caller = pointer;
	struct clone3_child child = child_record();

	caller->listener = gate_install(at_umask, 1);
	announce(&caller->ready);
	clone3_spawn(&caller->plan, &child);
	return 1;
}

/* The orphan's wait status is this process's to see; -1: there is none. @error: no filter. */
static int killed_caller(const struct clone3_plan *plan, int *error)
{
	struct caller *caller = shared_memory(sizeof(*caller));
	struct gate gate = { 0 };
	struct gate_request request = { 0 };
	struct child process;
	int status = -1;

	report_clear();
	caller->plan = *plan;
	process = child_start(spawn_and_wait, caller);
	await(&caller->ready);
	gate.listener = clone3_pidfd_getfd(process.pidfd, caller->listener);
	*error = gate.listener < 0 ? gate.listener : 0;
	if (*error == 0 && gate_receive(&gate, &request, 10000)) {
		is(child_end(&process), SIGKILL, "the caller is killed, parked as it is");
		gate_open(&gate, &request);
		status = reap((pid_t)request.pid);
	} else {
		child_end(&process);
	}
	close(gate.listener);
	munmap(caller, sizeof(*caller));
	return status;
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct state before;
	int status, error;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	plan = plan_for("unused");
	plan.steps = CLONE3_STEP_UMASK;
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	state_take(&before);
	status = killed_caller(&plan, &error);
	if (error) {
		skip("spawn_caller_killed", "seccomp cannot ask, or the answer is not to be had");
		return done();
	}
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 11, "its child runs the program");
	is(report->value[0], 1, "as it was meant to");

	plan.steps |= CLONE3_STEP_PARENT_DEATH_SIGNAL;
	plan.parent_death_signal = SIGKILL;
	status = killed_caller(&plan, &error);
	ok(status != -1, "with a parent death signal the child ends");
	is(report->value[0], 0, "and its program never runs");
	nothing_left(&before, "killed callers");
	return done();
}
