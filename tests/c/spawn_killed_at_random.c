/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Children that are killed at any moment: each spawn succeeded or was cancelled, none hangs. */
#include "spawn.h"

#include <pthread.h>

#define SPAWNS (SANITIZED ? 400 : 2000)

static int newest;
static int over;
static uint64_t kills;

/* Only what is a child of this process is killed, and by a pidfd: never a number used again. */
static void kill_child(pid_t pid, uint32_t *random)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return;
	if (proc_status(pid, pid, "PPid", 10) == (uint64_t)getpid()) {
		*random = *random * 1103515245 + 12345;
		for (volatile uint32_t i = 0; i < (*random >> 16) % 4096 * 200; i++)
			;
		kills += syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0;
	}
	close(pidfd);
}

static void *kill_all(void *unused)
{
	uint32_t random = 1;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		int last = __atomic_load_n(&newest, __ATOMIC_RELAXED);

		for (pid_t pid = last + 1; last && pid <= last + 3; pid++)
			kill_child(pid, &random);
	}
	return unused;
}

/* Long enough to be hit. */
static const char *search_path(void)
{
	static char path[2400];

	while (strlen(path) < sizeof(path) - 32)
		strcat(path, "/nonexistent:");
	return strcat(path, "/proc/self");
}

int main(int argc, char **argv)
{
	struct clone3_plan plan = plan_for("unused");
	int cancelled = 0, killed = 0, ended = 0, wrong = 0;
	pthread_t thread;
	struct state before;

	(void)argv;
	if (argc > 1)
		return 0;
	state_take(&before);
	plan.path = "exe";
	plan.search_path = search_path();
	plan.steps = CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_UMASK | CLONE3_STEP_NO_NEW_PRIVS;
	pthread_create(&thread, NULL, kill_all, NULL);
	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };
		int result = clone3_spawn(&plan, &child);

		if (result == 0) {
			__atomic_store_n(&newest, child.pid, __ATOMIC_RELAXED);
			wrong += child.error || child.failed_step ||
				 clone3_pidfd_wait(child.pidfd, 0, &end) != 1;
			killed += end.code == CLD_KILLED && end.status == SIGKILL;
			ended += end.code == CLD_EXITED && end.status == 0;
			close(child.pidfd);
		} else {
			/* What it was, nobody tells: there may be others' processes, too. */
			__atomic_add_fetch(&newest, 1, __ATOMIC_RELAXED);
			cancelled++;
			wrong += result != -ECANCELED || child.error != ECANCELED ||
				 !(child.failed_step &
				   (plan.steps | CLONE3_STEP_CLONE | CLONE3_STEP_EXEC)) ||
				 child.pid != -1 || child.pidfd != -1;
		}
	}
	announce(&over);
	pthread_join(thread, NULL);
	is(wrong, 0, "every outcome is right");
	is(cancelled + killed + ended, SPAWNS, "cancelled, or the program was killed, or it ended");
	printf("# %d cancelled, %d killed, %d ended, %llu kills\n", cancelled, killed, ended,
	       (unsigned long long)kills);
	ok(cancelled + killed > 0, "some were hit");
	nothing_left(&before, "killed children");
	return done();
}
