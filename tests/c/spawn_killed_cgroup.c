/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A cgroup that was killed once: the child dies at birth, which is told; made anew it works. */
#include "cgroup_dir.h"
#include "spawn.h"

int main(int argc, char **argv)
{
	struct cgroup cgroup, again;
	struct clone3_plan plan;
	struct clone3_child child = child_record();
	struct clone3_exit end;
	struct state before;
	int result;

	(void)argv;
	if (argc > 1)
		return 0;
	plan = plan_for("unused");
	state_take(&before);
	if (!(support_here().steps & CLONE3_STEP_CGROUP) || !cgroup_make(NULL, &cgroup)) {
		skip("spawn_killed_cgroup", "no birth in a cgroup, or no right to make one");
		return done();
	}
	if (!cgroup_can_be_killed(&cgroup)) {
		skip("spawn_killed_cgroup", "needs Linux 5.14");
		cgroup_remove(&cgroup);
		return done();
	}
	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = cgroup.fd;
	is(clone3_cgroup_kill(cgroup.fd), 0, "an empty cgroup is killed");
	result = clone3_spawn(&plan, &child);
	/* Kernels differ here: on those that bear a living child, it is an ordinary one. */
	if (result == 0) {
		is(clone3_pidfd_wait(child.pidfd, 0, &end), 1, "a child lives in it");
		close(child.pidfd);
	} else {
		is(result, -ECANCELED, "what is born in it is cancelled");
		is(child.failed_step, CLONE3_STEP_CGROUP, "in the cgroup");
		ok(child.pid == -1 && child.pidfd == -1, "without a child");
		plan.steps |= plan.optional = CLONE3_STEP_AUTO_REAP;
		if (clone3_spawn(&plan, &child) == -ECANCELED)
			is(child.failed_step, CLONE3_STEP_CGROUP,
			   "also if a step was left out before");
		plan.steps &= ~plan.optional;
		plan.optional = 0;
	}
	cgroup_remove(&cgroup);
	ok(cgroup_make(NULL, &again), "a new cgroup");
	plan.cgroup_fd = again.fd;
	runs(&plan, 0, "bears a program that runs");
	cgroup_remove(&again);
	nothing_left(&before, "a killed cgroup");
	return done();
}
