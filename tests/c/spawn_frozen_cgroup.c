/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A frozen target cgroup parks the caller: until it is thawed, or the child in it is killed. */
#include "cgroup_dir.h"
#include "spawn.h"

#include <pthread.h>

static struct clone3_plan plan;
static struct clone3_child child;
static int result;
static int ended;

static void *spawn_there(void *unused)
{
	child = child_record();
	result = clone3_spawn(&plan, &child);
	announce(&ended);
	return unused;
}

static bool start(struct cgroup *cgroup, pthread_t *thread)
{
	ended = 0;
	plan = plan_for("unused");
	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = cgroup->fd;
	return cgroup_write(cgroup, "cgroup.freeze", "1") &&
	       pthread_create(thread, NULL, spawn_there, NULL) == 0;
}

static void wait_until_born(struct cgroup *cgroup)
{
	for (int i = 0; i < 5000 && cgroup_populated(cgroup) != 1; i++)
		sleep_ms(1);
	is(cgroup_populated(cgroup), 1, "a child is born in a frozen cgroup");
	sleep_ms(30);
	is(__atomic_load_n(&ended, __ATOMIC_SEQ_CST), 0, "the caller is parked");
}

int main(int argc, char **argv)
{
	struct cgroup cgroup;
	struct state before;
	pthread_t thread;

	(void)argv;
	if (argc > 1)
		return 0;
	state_take(&before);
	if (!(support_here().steps & CLONE3_STEP_CGROUP) || !cgroup_make(NULL, &cgroup)) {
		skip("spawn_frozen_cgroup", "no birth in a cgroup, or no right to make one");
		return done();
	}
	ok(start(&cgroup, &thread), "a spawn");
	wait_until_born(&cgroup);
	ok(cgroup_write(&cgroup, "cgroup.freeze", "0"), "thawed");
	pthread_join(thread, NULL);
	is(result, 0, "the spawn succeeds");
	is(reap_code(child.pid), 0, "the program runs");
	close(child.pidfd);

	if (!cgroup_can_be_killed(&cgroup)) {
		skip("spawn_frozen_cgroup/killed", "needs Linux 5.14");
		cgroup_remove(&cgroup);
		return done();
	}
	ok(start(&cgroup, &thread), "another spawn");
	wait_until_born(&cgroup);
	is(clone3_cgroup_kill(cgroup.fd), 0, "killed, still frozen");
	pthread_join(thread, NULL);
	is(result, -ECANCELED, "the spawn is cancelled");
	is(child.failed_step, CLONE3_STEP_CGROUP, "in the cgroup");
	is(child.error, ECANCELED, "with the errno");
	ok(child.pid == -1 && child.pidfd == -1, "without a child");
	cgroup_write(&cgroup, "cgroup.freeze", "0");
	cgroup_remove(&cgroup);
	nothing_left(&before, "a frozen cgroup");
	return done();
}
