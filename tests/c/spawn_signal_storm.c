/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* 20,000 spawns under a storm of signals: no handler runs in a child, no signal is lost. */
#include "spawn.h"

#include <pthread.h>

#define SPAWNS 20000

static int caller;
static uint64_t handled;  /* those that the kernel queues */
static uint64_t in_child; /* the memory is shared: a child's would be seen here */
static uint64_t ordinary;
static int over;

static void on_signal(int signo)
{
	if (raw_getpid() != caller)
		__atomic_add_fetch(&in_child, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(signo >= SIGRTMIN ? &handled : &ordinary, 1, __ATOMIC_SEQ_CST);
}

struct storm {
	pthread_t target;
	uint64_t queued;
};

/* Half go to the process, half to the thread that spawns; no more at once than the kernel keeps. */
static void *send_signals(void *pointer)
{
	struct storm *storm = pointer;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (uint64_t turn = 0; !__atomic_load_n(&over, __ATOMIC_RELAXED); turn++) {
		const union sigval value = { .sival_int = 0 };

		if (storm->queued < __atomic_load_n(&handled, __ATOMIC_SEQ_CST) + 8) {
			if (turn % 2 == 0)
				storm->queued += sigqueue(caller, SIGRTMIN, value) == 0;
			else
				storm->queued += pthread_kill(storm->target, SIGRTMIN + 1) == 0;
		}
		if (turn % 4 == 0)
			kill(caller, SIGUSR1);
		if (turn % 4 == 2)
			pthread_kill(storm->target, SIGUSR2);
		usleep(1);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static const int ordinary_signals[] = { SIGUSR1, SIGUSR2 };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct storm storm = { pthread_self(), 0 };
	struct clone3_plan plan = plan_for("unused");
	const char *program = plan.path;
	pthread_t thread;
	struct state before;
	int wrong = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	alarm(60);
	caller = getpid();
	for (int i = 0; i < 2; i++) {
		sigaction(ordinary_signals[i], &action, NULL);
		sigaction(SIGRTMIN + i, &action, NULL);
	}
	state_take(&before);
	pthread_create(&thread, NULL, send_signals, &storm);
	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };

		/* Most end at exec: the time in which a child shares memory is what counts. */
		plan.path = i % 4 == 0 ? program : "/nonexistent";
		if (clone3_spawn(&plan, &child) != 0) {
			wrong += i % 4 == 0 || child.error != ENOENT || child.pid != -1;
			continue;
		}
		wrong += clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.code != CLD_EXITED ||
			 end.status != 0;
		close(child.pidfd);
	}
	announce(&over);
	pthread_join(thread, NULL);
	is(wrong, 0, "every outcome is right");
	for (int i = 0; i < 1000 && handled < storm.queued; i++)
		sleep_ms(1);
	is(in_child, 0, "no handler ran in a child");
	is(handled, storm.queued, "every signal that was queued was handled by the caller");
	ok(storm.queued > 1000 && ordinary > 100, "there were many");
	printf("# %llu queued, %llu others handled\n", (unsigned long long)storm.queued,
	       (unsigned long long)ordinary);
	nothing_left(&before, "the storm");
	return done();
}
