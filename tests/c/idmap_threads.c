/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* 2,000 children with maps of several lines by four threads: all right, and no thread is left. */
#include "idmap.h"

#define THREADS 4
#define SPAWNS (SANITIZED ? 50 : 500)

/* ThreadSanitizer has a thread of its own. */
#if defined(__SANITIZE_THREAD__)
#define USUAL_TASKS 2
#else
#define USUAL_TASKS 1
#endif

static struct clone3_plan plans[2];

static int program(const char *what)
{
	(void)what;
	if (strcmp(idmap_of(0, "uid_map"), IDMAP_UIDS) != 0)
		return 1;
	return strcmp(idmap_of(0, "gid_map"), IDMAP_GIDS) == 0 ? 23 : 2;
}

static void *spawn_all(void *pointer)
{
	int *wrong = pointer;

	for (int i = 0; i < SPAWNS; i++) {
		const struct clone3_plan *plan = &plans[i % 8 == 7];
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };
		int result = clone3_spawn(plan, &child);

		if (plan == &plans[1]) {
			*wrong += result != -ENOENT || child.failed_step != CLONE3_STEP_EXEC ||
				  child.pid != -1 || child.pidfd != -1;
		} else if (result != 0) {
			++*wrong;
		} else {
			*wrong += clone3_pidfd_wait(child.pidfd, 0, &end) != 1 ||
				  end.code != CLD_EXITED || end.status != 23;
			close(child.pidfd);
		}
	}
	return NULL;
}

static int count_tasks(void)
{
	DIR *directory = opendir("/proc/self/task");
	struct dirent *entry;
	int count = 0;

	while (directory && (entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	if (directory)
		closedir(directory);
	return count;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	int wrong[THREADS] = { 0 };
	int extra = 0, sum = 0;
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!idmap_can_be_tested("idmap_threads"))
		return done();
	plans[0] = plans[1] = plan_with_maps("unused");
	plans[1].path = "/nonexistent";
	state_take(&before);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, spawn_all, &wrong[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += wrong[i];
	}
	is(sum, 0, "every outcome is right");
	for (int i = 0; i < 200; i++) {
		struct clone3_child child = child_record();

		if (clone3_spawn(&plans[i % 2], &child) == 0) {
			extra += count_tasks() - USUAL_TASKS;
			reap_code(child.pid);
			close(child.pidfd);
		} else {
			extra += count_tasks() - USUAL_TASKS;
		}
	}
	is(extra, 0, "no helper is among the threads when the call returns");
	nothing_left(&before, "threads");
	return done();
}
