/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The caller is not dumpable while a child with other rights shares its memory; then as before. */
#include "spawn_attack.h"
#include "spawn_gate.h"

static const struct gate_call at_chdir[] = { { SYS_chdir, GATE_ANY } };

static int dumpable(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static struct clone3_plan plan_with(uint64_t step)
{
	struct clone3_plan plan = plan_for("unused");

	plan.steps = CLONE3_STEP_CWD | step;
	plan.cwd = "/";
	if (step == CLONE3_STEP_CAPABILITIES)
		plan.caps = (struct clone3_caps){ CLONE3_CAPS_KEEP,
						  CLONE3_CAPS_KEEP,
						  CLONE3_CAPS_KEEP,
						  CLONE3_CAPS_KEEP,
						  CLONE3_CAPS_KEEP,
						  0,
						  0 };
	if (step == CLONE3_STEP_GID)
		plan.gid = getegid();
	if (step == CLONE3_STEP_UID)
		plan.uid = geteuid();
	return plan;
}

static void ends_well(struct gate *gate, int flag, const char *what)
{
	ok(gate_finish(gate) && gate->result == 0 && reap_code(gate->child.pid) == 0,
	   "%s: the program ran", what);
	close(gate->child.pidfd);
	is(dumpable(), flag, "the flag is as before");
}

static void held_with(uint64_t step, int before)
{
	struct clone3_plan plan = plan_with(step);
	struct gate gate = { 0 };
	struct gate_request request;
	const char *what = step ? clone3_step_name(step) : "no change of credentials";

	prctl(PR_SET_DUMPABLE, before, 0, 0, 0);
	gate_start(&gate, &plan, at_chdir, 1);
	ok(gate_next(&gate, &request), "%s, flag %d: the child is held", what, before);
	is(dumpable(), step ? 0 : before, "the flag meanwhile");
	gate_open(&gate, &request);
	ends_well(&gate, before, what);
}

/* Guards overlap: the first saves, the last restores. */
static void overlapping(void)
{
	const struct clone3_plan guarded = plan_with(CLONE3_STEP_GROUPS);
	const struct clone3_plan bare = plan_with(0);
	struct gate first = { 0 }, second = { 0 }, third = { 0 };
	struct gate_request a, b, c;

	gate_start(&first, &guarded, at_chdir, 1);
	gate_next(&first, &a);
	gate_start(&third, &bare, at_chdir, 1);
	gate_next(&third, &c);
	gate_start(&second, &guarded, at_chdir, 1);
	gate_next(&second, &b);
	gate_open(&first, &a);
	ends_well(&first, 0, "the first of two guarded ones");
	gate_open(&third, &c);
	ends_well(&third, 0, "an unguarded one");
	gate_open(&second, &b);
	ends_well(&second, 1, "the last guarded one");
}

static void failing(void)
{
	struct clone3_plan plan = plan_with(CLONE3_STEP_GROUPS);
	struct gate gate = { 0 };
	struct gate_request request;

	plan.cwd = "/nonexistent";
	refused(&plan, ENOENT, CLONE3_STEP_CWD, 0, "a guarded plan that fails");
	is(dumpable(), 1, "the flag is as before");
	gate_start(&gate, &plan, at_chdir, 1);
	if (gate_next(&gate, &request))
		kill_one((pid_t)request.pid, SIGKILL);
	gate_finish(&gate);
	gate_failed(&gate, ECANCELED, CLONE3_STEP_CWD, 0, "a guarded child that is killed");
	is(dumpable(), 1, "the flag is as before");
}

int main(int argc, char **argv)
{
	static const uint64_t guarded[] = { CLONE3_STEP_CAPABILITIES, CLONE3_STEP_GROUPS,
					    CLONE3_STEP_GID, CLONE3_STEP_UID };
	struct clone3_plan plan;
	struct gate gate = { 0 };
	struct state before;

	(void)argv;
	if (argc > 1)
		return 0;
	plan = plan_with(0);
	if (geteuid() != 0 || !gate_start(&gate, &plan, at_chdir, 1)) {
		skip("spawn_guard_dumpable", "needs root and a filter that can ask");
		return done();
	}
	ends_well(&gate, 1, "a plan");
	/* With 1, guards do not overlap; and no other test may set it now. */
	if (suid_dumpable_begin())
		suid_dumpable_set(0);
	state_take(&before);
	for (int flag = 0; flag <= 1; flag++) {
		held_with(0, flag);
		for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++)
			held_with(guarded[i], flag);
	}
	overlapping();
	failing();
	nothing_left(&before, "guarded and unguarded plans");
	return done();
}
