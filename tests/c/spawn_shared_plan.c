/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A plan in memory that cannot be written, used by four threads at once. */
#include "spawn.h"

#include <pthread.h>

#define THREADS 4
#define SPAWNS 200

static struct everything {
	struct clone3_plan plan;
	const char *argv[4];
	const char *envp[2];
	char texts[4][64];
	struct clone3_fd fds[3];
	struct clone3_rlimit limits[1];
} * all;

static int program(const char *what)
{
	(void)what;
	return getenv("SHARED") && strcmp(getenv("SHARED"), "yes") == 0 ? 9 : 1;
}

static void *spawn_many(void *pointer)
{
	int *wrong = pointer;

	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child = child_record();
		struct clone3_exit end;

		if (clone3_spawn(&all->plan, &child) != 0) {
			++*wrong;
			continue;
		}
		*wrong += clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.status != 9;
		close(child.pidfd);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	size_t size = 65536; /* whole pages everywhere */
	pthread_t threads[THREADS];
	int wrong[THREADS] = { 0 };
	struct clone3_plan *plan;
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	strcpy(all->texts[0], "/proc/self/exe");
	strcpy(all->texts[1], "shared");
	strcpy(all->texts[2], report_number);
	strcpy(all->texts[3], "SHARED=yes");
	for (int i = 0; i < 3; i++)
		all->argv[i] = all->texts[i];
	all->envp[0] = all->texts[3];
	all->fds[0] = (struct clone3_fd){ 0, 1 };
	all->fds[1] = (struct clone3_fd){ 1, 0 };
	all->fds[2] = (struct clone3_fd){ report_fd, report_fd };
	all->limits[0] = (struct clone3_rlimit){ .resource = RLIMIT_CORE };
	plan = &all->plan;
	*plan = (struct clone3_plan){ .size = sizeof(*plan) };
	plan->steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_RLIMITS |
		      CLONE3_STEP_UMASK;
	plan->path = all->texts[0];
	plan->argv = all->argv;
	plan->envp = all->envp;
	plan->fds = all->fds;
	plan->fd_count = 3;
	plan->rlimits = all->limits;
	plan->rlimit_count = 1;
	state_take(&before);
	is(mprotect(all, size, PROT_READ), 0, "nothing of the plan can be written");
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, spawn_many, &wrong[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		is(wrong[i], 0, "a thread's spawns all work");
	}
	nothing_left(&before, "a shared plan");
	return done();
}
