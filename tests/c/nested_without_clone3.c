/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Without clone3 the pidfd of a program in a joined pid namespace is the caller's from birth, too:
 * also if nobody has to wait for the program, and if another thread takes every child.
 */
#include "old_kernel.h"
#include "spawn_join.h"

#include <pthread.h>

#define SPAWNS 200

static int all_started(const struct clone3_plan *plan)
{
	int started = 0;

	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child;

		if (spawn_plan(plan, &child) == 0 && child.pidfd >= 0) {
			started++;
			close(child.pidfd);
		}
	}
	return started;
}

static void *take_every_child(void *stop)
{
	while (!__atomic_load_n((int *)stop, __ATOMIC_SEQ_CST))
		if (waitpid(-1, NULL, 0) < 0)
			usleep(10);
	return NULL;
}

static const char *by_clone(const void *pointer)
{
	const struct clone3_plan *plan = pointer;
	pthread_t thread;
	int stop = 0;

	if (!refuse(SYS_clone3, ENOSYS))
		return "no filter";
	signal(SIGCHLD, SIG_IGN);
	if (all_started(plan) != SPAWNS)
		return "with SIGCHLD ignored some are not started";
	signal(SIGCHLD, SIG_DFL);
	if (pthread_create(&thread, NULL, take_every_child, &stop) != 0)
		return "no thread";
	if (all_started(plan) != SPAWNS)
		return "beside a thread that takes every child some are not started";
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	pthread_join(thread, NULL);
	return "";
}

int main(int argc, char **argv)
{
	struct clone3_plan plan = plan_for("unused");
	struct holder *holder;
	struct clone3_join join;

	(void)argv;
	if (argc > 1)
		return 0;
	if (geteuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("nested_without_clone3", "needs root");
		return done();
	}
	holder = holder_start(CLONE3_NEWPID, false, NULL);
	join = (struct clone3_join){ holder->pidfd, 0, CLONE3_NEWPID };
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = &join;
	plan.join_count = 1;
	holds_apart(by_clone, &plan, "without clone3 each program has its pidfd");
	holder_end(holder);
	return done();
}
