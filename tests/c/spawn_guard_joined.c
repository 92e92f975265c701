/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Where fs.suid_dumpable is 1, setns(2) into another user's namespace makes the memory dumpable: the
 * child closes it again at once, and is closed to the namespace's owner from then on.
 */
#include "spawn_guard.h"
#include "spawn_join.h"

static const struct gate_call later_calls[] = { { SYS_chdir, GATE_ANY }, { SYS_execve, GATE_ANY } };

int main(int argc, char **argv)
{
	struct clone3_plan plan = plan_for("unused");
	struct gate gate = { 0 };
	struct gate_request request;
	struct clone3_join join;
	struct holder *holder;
	bool closed = true;
	int stops = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_joined"))
		return done();
	secret_make();
	holder = holder_start(CLONE3_NEWUSER, true, NULL);
	join = (struct clone3_join){ holder->pidfd, 0, CLONE3_NEWUSER };
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES | CLONE3_STEP_CWD;
	plan.joins = &join;
	plan.join_count = 1;
	plan.cwd = "/";
	if (!suid_dumpable_begin()) {
		skip("spawn_guard_joined", "fs.suid_dumpable cannot be set");
		holder_end(holder);
		return done();
	}
	suid_dumpable_set(1);
	gate_start(&gate, &plan, later_calls, 2);
	for (; closed && gate_next(&gate, &request); stops++) {
		struct tally tally = attacked((pid_t)request.pid, ATTACKER_NOBODY);

		closed = ok(tally.had == 0 && tally.attached == 0 && tally.denied == 3,
			    "stop %d: the namespace's owner gets nothing", stops);
		gate_open(&gate, &request);
	}
	ok(gate_finish(&gate) && gate.result == 0 && stops >= 2, "the program is started");
	reap(gate.child.pid);
	close(gate.child.pidfd);
	suid_dumpable_set(suid_dumpable_before);
	is(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1, "the caller is dumpable again");
	holder_end(holder);
	return done();
}
