/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A signal handler may spawn, whatever it interrupts: a spawn is never what it interrupts. */
#include "spawn.h"

#include <pthread.h>

#define HANDLED 300

static struct clone3_plan plan;
static struct clone3_plan failing;
static volatile sig_atomic_t handled;
static volatile sig_atomic_t wrong;
static int over;

static int spawn_one(const struct clone3_plan *wanted)
{
	struct clone3_child child = { .size = sizeof(child) };
	struct clone3_exit end;
	int result = clone3_spawn(wanted, &child);

	if (result != 0)
		return result;
	result = clone3_pidfd_wait(child.pidfd, 0, &end) == 1 && end.code == CLD_EXITED &&
				 end.status == 0 ?
			 0 :
			 1;
	close(child.pidfd);
	return result;
}

static void on_signal(int signo)
{
	int kept = errno;

	(void)signo;
	wrong += spawn_one(&plan) != 0;
	wrong += spawn_one(&failing) != -ENOENT;
	handled++;
	errno = kept;
}

static void *send_signals(void *target)
{
	pthread_t thread = *(pthread_t *)target;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		pthread_kill(thread, SIGUSR1);
		usleep(100);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	pthread_t self = pthread_self(), thread;
	struct state before;
	int interrupted = 0, loops = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	plan = failing = plan_for("unused");
	failing.path = "/nonexistent";
	sigaction(SIGUSR1, &action, NULL);
	state_take(&before);
	raise(SIGUSR1);
	is(wrong, 0, "a spawn in a handler works");
	pthread_create(&thread, NULL, send_signals, &self);
	while (handled < HANDLED && loops++ < 100000) {
		void *memory = malloc(4096 + (size_t)loops % 5000);

		interrupted += spawn_one(&failing) != -ENOENT;
		interrupted += loops % 8 == 0 && spawn_one(&plan) != 0;
		free(memory);
	}
	announce(&over);
	pthread_join(thread, NULL);
	is(wrong, 0, "each in a handler is right");
	is(interrupted, 0, "each that a handler could interrupt is right");
	ok(handled >= HANDLED, "there were %d handlers", (int)handled);
	nothing_left(&before, "signal handlers");
	return done();
}
