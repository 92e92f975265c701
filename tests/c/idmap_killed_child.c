/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A child that is killed while its maps are written, at each of its own calls and at each of the
 * helper's: cancelled, nothing left. The map is written into nobody else, not even into a process
 * that has got the child's number.
 */
#include "idmap_victims.h"

/* Whether the child sleeps for the helper is left to chance: its own calls are walked without that. */
static const struct gate_call calls[] = {
	{ SYS_openat, GATE_ANY }, { SYS_read, GATE_ANY },  { SYS_write, GATE_ANY },
	{ SYS_close, GATE_ANY },  { SYS_chdir, GATE_ANY }, { SYS_prctl, 1 /* PR_SET_PDEATHSIG */ },
	{ SYS_execve, GATE_ANY }, { SYS_futex, GATE_ANY },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))
#define CALLS_BUT_SLEEP (CALLS - 1)

static struct clone3_plan plan;

static uint64_t step_of(const struct gate_request *request)
{
	switch (request->number) {
	case SYS_chdir:
		return CLONE3_STEP_CWD;
	case SYS_execve:
		return CLONE3_STEP_EXEC;
	default:
		return CLONE3_STEP_DENY_SETGROUPS; /* the first of the maps waits for all */
	}
}

static bool start(struct gate *gate, struct walk *walk, size_t count)
{
	return walk_start(walk, gate, &plan, calls, count);
}

static void killed_itself(void)
{
	struct gate gate = { 0 };
	struct walk walk;
	struct state before;
	uint64_t steps = 0;
	int nth = 0;

	state_take(&before);
	for (;; nth++) {
		uint64_t step;

		start(&gate, &walk, CALLS_BUT_SLEEP);
		if (!walk_to(&walk, ROLE_CHILD, nth))
			break;
		step = step_of(&walk.request);
		steps |= step;
		kill(gate.held, SIGKILL);
		ok(gate_finish(&gate), "killed at call %d of its own: the caller returns", nth);
		gate_failed(&gate, ECANCELED, step, 0, clone3_step_name(step));
	}
	gate_finish(&gate);
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
	ok(nth >= 4 && steps == (CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_CWD | CLONE3_STEP_EXEC),
	   "%d stages", nth);
	nothing_left(&before, "children killed at their own calls");
}

/*
 * While the helper is held the child goes on, until it waits or leaves its maps behind; then it is
 * killed, and reaped by this thread, and the number is another process's at once.
 */
static bool killed_beside_helper(int nth, bool replaced)
{
	struct gate gate = { 0 };
	struct walk walk;
	struct gate_request helper;
	pid_t victim = -1;

	start(&gate, &walk, CALLS);
	if (!walk_to(&walk, ROLE_HELPER, nth)) {
		gate_finish(&gate);
		reap_code(gate.child.pid);
		close(gate.child.pidfd);
		return false;
	}
	helper = walk.request;
	while (!walk.child_waits && walk_to(&walk, ROLE_CHILD, 0) &&
	       walk.request.number != SYS_chdir)
		gate_open(&gate, &walk.request);
	kill(gate.held, SIGKILL);
	if (replaced) {
		reap(gate.held);
		victim = victim_start(gate.held);
		is(victim, gate.held, "another process has the child's number");
		gate.held = 0;
	}
	gate_open(&gate, &helper);
	ok(gate_finish(&gate), "killed at call %d of the helper: the caller returns", nth);
	if (gate.child.failed_step == CLONE3_STEP_CWD) /* with its maps */
		gate.child.failed_step = CLONE3_STEP_DENY_SETGROUPS;
	gate_failed(&gate, ECANCELED, CLONE3_STEP_DENY_SETGROUPS, 0, "cancelled");
	if (victim > 0) {
		ok(victim_is_untouched(victim), "its user namespace has no map");
		kill(victim, SIGKILL);
		reap(victim);
	}
	return true;
}

int main(int argc, char **argv)
{
	struct gate gate = { 0 };
	struct state before;
	struct walk walk;
	pid_t probe;
	int nth;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!idmap_can_be_tested("idmap_killed_child"))
		return done();
	if (!is_static()) {
		skip("idmap_killed_child", "needs a static program");
		return done();
	}
	plan = plan_with_maps("unused");
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = "/";
	if (!start(&gate, &walk, CALLS)) {
		skip("idmap_killed_child", "seccomp cannot ask");
		return done();
	}
	gate_finish(&gate);
	is(gate.result, 0, "the plan itself works");
	reap_code(gate.child.pid);
	close(gate.child.pidfd);

	state_take(&before);
	killed_itself();
	for (nth = 0; killed_beside_helper(nth, false); nth++)
		;
	ok(nth >= 9, "%d stages of the helper", nth);
	nothing_left(&before, "children killed beside the helper");

	probe = victim_start(gate.held + 1000 < 30000 ? gate.held + 1000 : 20000);
	if (probe < 0) {
		skip("idmap_killed_child: numbers used again", "set_tid is not to be had");
		return done();
	}
	kill(probe, SIGKILL);
	reap(probe);
	for (nth = 0; killed_beside_helper(nth, true); nth++)
		;
	ok(nth >= 9, "%d stages of the helper", nth);
	nothing_left(&before, "children whose numbers were used again");
	return done();
}
