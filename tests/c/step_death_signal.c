/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PARENT_DEATH_SIGNAL: sent when the calling thread ends, and after a change of ids all the same. */
#include "spawn.h"

#include <pthread.h>

static int program(const char *what)
{
	int signo = -1;

	prctl(PR_GET_PDEATHSIG, &signo);
	report->value[0] = signo;
	report->value[1] = getuid();
	announce((int *)&report->value[2]);
	while (strcmp(what, "wait") == 0)
		pause();
	return 0;
}

struct started {
	struct clone3_plan plan;
	struct clone3_child child;
	int returned;
	int end; /* the thread may end */
};

static void *start_and_end(void *pointer)
{
	struct started *started = pointer;

	clone3_spawn(&started->plan, &started->child);
	announce(&started->returned);
	await(&started->end);
	return NULL;
}

static void tied_to_thread(int signo, const char *what)
{
	struct started started = { .plan = plan_for("wait"), .child = child_record() };
	struct clone3_exit end = { 0 };
	pthread_t thread;

	report_clear();
	started.plan.steps = CLONE3_STEP_PARENT_DEATH_SIGNAL;
	started.plan.parent_death_signal = signo;
	if (has_capability(7 /* CAP_SETUID */)) {
		started.plan.steps |= CLONE3_STEP_UID | CLONE3_STEP_GID;
		started.plan.uid = started.plan.gid = 65534;
	}
	pthread_create(&thread, NULL, start_and_end, &started);
	ok(await(&started.returned) && await((int *)&report->value[2]), "%s: the program runs",
	   what);
	is(clone3_pidfd_wait_timeout(started.child.pidfd, 0, 0, NULL), -ETIMEDOUT,
	   "while the thread lives");
	announce(&started.end);
	pthread_join(thread, NULL);
	is(clone3_pidfd_wait_timeout(started.child.pidfd, 0, 10000000000, &end), 1,
	   "it ends with the thread");
	ok(end.code == CLD_KILLED && end.status == signo, "by that signal: %d, %d", end.code,
	   end.status);
	is(report->value[0], signo, "the program saw it set");
	close(started.child.pidfd);
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	int signo = -1;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	tied_to_thread(SIGUSR1, "SIGUSR1");
	tied_to_thread(SIGKILL, "SIGKILL");
	tied_to_thread(64, "the last signal");

	/* The program's, not the caller's. */
	prctl(PR_SET_PDEATHSIG, SIGUSR2);
	plan = plan_for("end");
	runs(&plan, 0, "without the step");
	is(report->value[0], 0, "the caller's own is not passed on");
	plan.steps = CLONE3_STEP_PARENT_DEATH_SIGNAL;
	plan.parent_death_signal = SIGTERM;
	runs(&plan, 0, "with it");
	is(report->value[0], SIGTERM, "it is the plan's");
	prctl(PR_GET_PDEATHSIG, &signo);
	is(signo, SIGUSR2, "the caller's own is as it was");
	return done();
}
