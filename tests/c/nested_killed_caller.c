/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A caller killed while it joins a pid namespace: neither of its two children waits for ever. */
#include "nested.h"

static const struct gate_call calls[] = {
	{ SYS_setns, GATE_ANY }, { SYS_clone3, GATE_ANY }, { SYS_close_range, GATE_ANY },
	{ SYS_close, GATE_ANY }, { SYS_chdir, GATE_ANY },  { SYS_execve, GATE_ANY },
};

int main(int argc, char **argv)
{
	static const int signals[] = { SIGKILL, SIGABRT };
	struct pid_namespace namespace;
	struct clone3_join join;
	struct clone3_plan plan;
	struct core_dump dump;
	struct state before;
	struct gate gate = { 0 };

	(void)argv;
	if (argc > 1)
		return 0;
	if (!nested_can_be_tested("nested_killed_caller", &namespace))
		return done();
	plan = plan_to_join(&join, &namespace, "unused");
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = "/";
	if (!core_dump_prepare(&dump) || !gate_start(&gate, &plan, calls, 1)) {
		skip("nested_killed_caller", "no directory, or seccomp cannot ask");
		pid_namespace_end(&namespace);
		return done();
	}
	gate_finish(&gate);
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
	state_take(&before);
	for (int closes = 0; closes < 2; closes++) {
		if (closes)
			plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
		for (int i = 0; i < 2; i++) {
			struct doom doom = {
				.plan = &plan,
				.calls = calls,
				.count = sizeof(calls) / sizeof(calls[0]),
				.role = ROLE_CHILD,
				.signo = signals[i],
				.dump = &dump,
			};

			is(callers_killed(doom, "the one between"), 2, "at each of its calls");
			doom.role = ROLE_NESTED;
			ok(callers_killed(doom, "the nested child") >= 3, "at each of its calls");
		}
	}
	core_dump_remove(&dump);
	nothing_left(&before, "killed callers");
	pid_namespace_end(&namespace);
	return done();
}
