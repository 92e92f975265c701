/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The body of two tests: children held on their way to exec are attacked, with the guard, when all
 * must fail, and in a program that is linked without it, when the same must succeed.
 */
#ifndef SPAWN_GUARD_H
#define SPAWN_GUARD_H

#include "spawn_attack.h"
#include "spawn_gate.h"

/* Where a child stops: after each change of its ids, and when all are changed. */
static const struct gate_call guard_stops[] = {
	{ SYS_prctl, 4 /* PR_SET_DUMPABLE */ },
	{ SYS_chdir, GATE_ANY },
	{ SYS_execve, GATE_ANY },
};
#define GUARD_STOPS (sizeof(guard_stops) / sizeof(guard_stops[0]))

/* The sum of what @who got at every stop of one spawn, or at the first where it got anything. */
static inline struct tally guard_attacked(const struct clone3_plan *plan, enum attacker who,
					  int *stops)
{
	struct gate gate = { 0 };
	struct gate_request request;
	struct tally sum = { 0 };

	*stops = 0;
	gate_start(&gate, plan, guard_stops, GUARD_STOPS);
	while (gate_next(&gate, &request)) {
		struct tally tally = attacked((pid_t)request.pid, who);

		sum.denied += tally.denied;
		sum.had += tally.had;
		sum.attached += tally.attached;
		++*stops;
		gate_open(&gate, &request);
		if (sum.had || sum.attached)
			break;
	}
	gate_finish(&gate);
	if (gate.result == 0) {
		reap_code(gate.child.pid);
		close(gate.child.pidfd);
	}
	return sum;
}

/* False, with a skip, where the tests mean nothing. */
static inline bool guard_can_be_tested(const char *name)
{
	struct clone3_plan plan = plan_for("unused");
	struct gate gate = { 0 };

	if (geteuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip(name, "needs root");
		return false;
	}
	if (!equals_may_trace()) {
		skip(name, "a security module refuses tracing");
		return false;
	}
	if (!gate_start(&gate, &plan, guard_stops, 1)) {
		skip(name, "seccomp cannot ask");
		return false;
	}
	gate_finish(&gate);
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
	return true;
}

#endif
