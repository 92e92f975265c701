/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program that ended and was reaped by somebody else at once is still a success. */
#include "spawn.h"

#include <pthread.h>

static int over;
static uint64_t taken;

static void *reap_all(void *unused)
{
	int status;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED))
		if (waitpid(-1, &status, 0) > 0)
			taken++;
	return unused;
}

/* How many were not reported as started. By pid, since a pidfd tells the end of one reaped, too. */
static int failures(int count, uint64_t *reaped)
{
	struct clone3_plan plan = plan_for("unused");
	int wrong = 0;

	*reaped = 0;
	for (int i = 0; i < count; i++) {
		struct clone3_child child = child_record();
		int status;
		pid_t waited;

		if (clone3_spawn(&plan, &child) != 0 || child.pid <= 0 || child.failed_step) {
			wrong++;
			continue;
		}
		waited = waitpid(child.pid, &status, 0);
		wrong += waited == child.pid ? status != 0 : errno != ECHILD;
		*reaped += waited == child.pid;
		close(child.pidfd);
	}
	return wrong;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	struct state before;
	uint64_t reaped;

	(void)argv;
	if (argc > 1)
		return 0;
	state_take(&before);
	signal(SIGCHLD, SIG_IGN);
	is(failures(1000, &reaped), 0, "with SIGCHLD ignored all succeed");
	is(reaped, 0, "and nothing is to be waited for");
	nothing_left(&before, "with SIGCHLD ignored");

	signal(SIGCHLD, SIG_DFL);
	pthread_create(&thread, NULL, reap_all, NULL);
	is(failures(1000, &reaped), 0, "all succeed while a thread takes every child it can");
	announce(&over);
	pthread_join(thread, NULL);
	is(reaped + taken, 1000, "each was reaped once");
	nothing_left(&before, "with a thief");
	return done();
}
