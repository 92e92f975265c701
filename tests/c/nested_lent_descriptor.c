/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Without clone3 the one between joins its cgroup by a file that it opens in the caller's table,
 * which it shares: killed while the file is open, it leaves no descriptor behind.
 */
#include "cgroup_dir.h"
#include "nested.h"
#include "old_kernel.h"

static const struct gate_call calls[] = { { SYS_write, GATE_ANY } };

static const char *killed_in_cgroup(const void *plan)
{
	struct gate gate = { 0 };
	struct walk walk;
	struct state before, now;
	struct clone3_child child;

	if (!refuse(SYS_clone3, ENOSYS))
		return "no filter";
	if (spawn_plan(plan, &child) != 0 || !(child.emulated & CLONE3_STEP_CGROUP))
		return "the cgroup is not joined by hand";
	reap(child.pid);
	close(child.pidfd);
	state_take(&before);
	if (!walk_start(&walk, &gate, plan, calls, 1) || !walk_to(&walk, ROLE_CHILD, 0))
		return "the one between does not come to write";
	kill(gate.held, SIGKILL);
	if (!gate_finish(&gate))
		return "the caller hangs";
	if (gate.result != -ECANCELED || gate.child.failed_step != CLONE3_STEP_CGROUP)
		return "it is not told right";
	state_take(&now);
	return now.descriptors == before.descriptors ? "" : "a descriptor is left behind";
}

int main(int argc, char **argv)
{
	struct pid_namespace namespace;
	struct clone3_join join;
	struct clone3_plan plan;
	struct cgroup cgroup;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!is_static() || !cgroup_make(NULL, &cgroup)) {
		skip("nested_lent_descriptor", "needs a static program, and a cgroup");
		return done();
	}
	if (nested_can_be_tested("nested_lent_descriptor", &namespace)) {
		plan = plan_to_join(&join, &namespace, "unused");
		plan.steps |= CLONE3_STEP_CGROUP;
		plan.cgroup_fd = cgroup.fd;
		holds_apart(killed_in_cgroup, &plan, "killed in its cgroup's file");
		pid_namespace_end(&namespace);
	}
	cgroup_remove(&cgroup);
	return done();
}
