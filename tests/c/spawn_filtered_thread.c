/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A thread whose filter refuses clone3 and clone finds out nothing about the memory of children: what
 * another thread starts later is guarded as ever, and its memory's flag restored.
 */
#include "old_kernel.h"
#include "spawn_guard.h"

static void *spawn_in_vain(void *answer)
{
	static const struct filter_step steps[] = {
		{ FILTER_LOAD, 0, 0, FILTER_NUMBER },
		{ FILTER_IF_EQUAL, 0, 1, SYS_clone3 },
		{ FILTER_ANSWER, 0, 0, FILTER_ERRNO | ENOSYS },
		{ FILTER_IF_EQUAL, 0, 1, SYS_clone },
		{ FILTER_ANSWER, 0, 0, FILTER_ERRNO | EINVAL },
		{ FILTER_ANSWER, 0, 0, FILTER_ALLOW },
	};
	const struct clone3_plan plan = plan_for("unused");
	struct clone3_child child;

	*(int *)answer = filter_install(steps, sizeof(steps) / sizeof(steps[0])) ?
				 spawn_plan(&plan, &child) :
				 0;
	return NULL;
}

int main(int argc, char **argv)
{
	struct clone3_plan plan = plan_for("unused");
	struct clone3_child child;
	pthread_t thread;
	int answer = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	if (geteuid() != 0) {
		skip("spawn_filtered_thread", "needs root");
		return done();
	}
	pthread_create(&thread, NULL, spawn_in_vain, &answer);
	pthread_join(thread, NULL);
	is(answer, -EINVAL, "a thread that may create nothing");
	plan.steps = CLONE3_STEP_UID;
	plan.uid = 65534;
	is(spawn_plan(&plan, &child), 0, "another may");
	is(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1, "and is dumpable afterwards");
	if (child.pidfd >= 0) {
		reap(child.pid);
		close(child.pidfd);
	}
	return done();
}
