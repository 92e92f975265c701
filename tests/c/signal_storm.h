/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A storm of signals at the caller, and the count of those that its handlers saw. */
#ifndef SIGNAL_STORM_H
#define SIGNAL_STORM_H

#include "child.h"
#include "raw.h"

#include <pthread.h>

static struct {
	pthread_t sender;
	pthread_t target;
	int caller;
	int over;
	uint64_t queued;
	uint64_t handled;  /* those that the kernel queues */
	uint64_t in_child; /* the memory is shared: a child's would be seen here */
	uint64_t ordinary;
} signal_storm;

static inline void signal_storm_handler(int signo)
{
	uint64_t *count = signo >= SIGRTMIN ? &signal_storm.handled : &signal_storm.ordinary;

	if (raw_getpid() != signal_storm.caller)
		__atomic_add_fetch(&signal_storm.in_child, 1, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

/* Half go to the process, half to the thread that spawns; no more at once than the kernel keeps. */
static inline void *signal_storm_send(void *unused)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	for (uint64_t turn = 0; !__atomic_load_n(&signal_storm.over, __ATOMIC_RELAXED); turn++) {
		const union sigval value = { .sival_int = 0 };
		uint64_t handled = __atomic_load_n(&signal_storm.handled, __ATOMIC_SEQ_CST);

		if (signal_storm.queued < handled + 8) {
			if (turn % 2 == 0)
				signal_storm.queued += sigqueue(signal_storm.caller, SIGRTMIN,
								value) == 0;
			else
				signal_storm.queued += pthread_kill(signal_storm.target,
								    SIGRTMIN + 1) == 0;
		}
		if (turn % 4 == 0)
			kill(signal_storm.caller, SIGUSR1);
		if (turn % 4 == 2)
			pthread_kill(signal_storm.target, SIGUSR2);
		usleep(1);
	}
	return unused;
}

/* The handlers. */
static inline void signal_storm_prepare(void)
{
	const int signals[] = { SIGUSR1, SIGUSR2, SIGRTMIN, SIGRTMIN + 1 };
	struct sigaction action = { .sa_handler = signal_storm_handler, .sa_flags = SA_RESTART };

	signal_storm.caller = getpid();
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

static inline void signal_storm_start(void)
{
	signal_storm.target = pthread_self();
	signal_storm.over = 0;
	pthread_create(&signal_storm.sender, NULL, signal_storm_send, NULL);
}

/* Three tests. */
static inline void signal_storm_end(void)
{
	announce(&signal_storm.over);
	pthread_join(signal_storm.sender, NULL);
	for (int i = 0; i < 1000 && signal_storm.handled < signal_storm.queued; i++)
		sleep_ms(1);
	is(signal_storm.in_child, 0, "no handler ran in a child");
	is(signal_storm.handled, signal_storm.queued,
	   "every signal that was queued was handled by the caller");
	ok(signal_storm.queued > 1000 && signal_storm.ordinary > 100, "there were many");
	printf("# %llu queued, %llu others handled\n", (unsigned long long)signal_storm.queued,
	       (unsigned long long)signal_storm.ordinary);
}

#endif
