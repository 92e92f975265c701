/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A spawn that fails raises no SIGCHLD, and no waitpid(-1) of another thread takes its child. */
#include "spawn.h"

#include <pthread.h>

static volatile sig_atomic_t told;
static int over;
static int living; /* a child that is not ours to take */
static uint64_t looks;
static uint64_t stolen;

static void on_child(int signo)
{
	(void)signo;
	told++;
}

static void *reap_all(void *unused)
{
	int status;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		pid_t pid = waitpid(-1, &status, living ? WNOHANG : 0);

		looks++;
		if (pid > 0 && pid != living)
			stolen++;
	}
	return unused;
}

/* What blocks in the wait while there is a child that lives is woken by every end of another. */
static void *wait_for_all(void *unused)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, 0)) != living && pid > 0)
		stolen++;
	return unused;
}

static int spawn_failing(int count)
{
	struct clone3_plan plans[3] = { plan_for("unused"), plan_for("unused"),
					plan_for("unused") };
	static const int errors[3] = { ENOENT, ENOTDIR, EACCES };
	static const uint64_t steps[3] = { CLONE3_STEP_EXEC, CLONE3_STEP_CWD, CLONE3_STEP_EXEC };
	int wrong = 0;

	plans[0].path = "/nonexistent";
	plans[1].steps = CLONE3_STEP_CWD;
	plans[1].cwd = "/proc/self/exe";
	plans[2].path = "/";
	for (int i = 0; i < count; i++) {
		struct clone3_child child = child_record();
		int result = clone3_spawn(&plans[i % 3], &child);

		wrong += result != -errors[i % 3] || child.error != errors[i % 3] ||
			 child.failed_step != steps[i % 3] || child.pid != -1 || child.pidfd != -1;
	}
	return wrong;
}

static void with_thread(void *(*body)(void *), int count, const char *what)
{
	pthread_t thread;
	struct state before;

	state_take(&before);
	over = 0;
	told = 0;
	stolen = 0;
	living = 0;
	if (body == wait_for_all) {
		living = fork();
		if (living == 0)
			_exit(child_pauses(NULL));
	}
	pthread_create(&thread, NULL, body, NULL);
	sleep_ms(10);
	is(spawn_failing(count), 0, what);
	is(told, 0, "without SIGCHLD");
	announce(&over);
	if (living)
		kill_one(living, SIGKILL);
	pthread_join(thread, NULL);
	is(stolen, 0, "the other thread took none");
	nothing_left(&before, what);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_RESTART };

	(void)argv;
	if (argc > 1)
		return 0;
	sigaction(SIGCHLD, &action, NULL);
	with_thread(reap_all, 1000, "failures are told right while a thread asks all the time");
	ok(looks > 1000, "it asked %llu times", (unsigned long long)looks);
	with_thread(wait_for_all, 1000, "failures are told right while a thread waits");
	signal(SIGCHLD, SIG_IGN);
	with_thread(reap_all, 500, "failures are told right with SIGCHLD ignored");
	with_thread(wait_for_all, 500, "the same while a thread waits");
	return done();
}
