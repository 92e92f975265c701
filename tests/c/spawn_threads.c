/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Eight threads spawn mixed plans at once: all told right, nothing left, few stacks kept. */
#include "spawn.h"

#include <pthread.h>

#define THREADS 8
#define SPAWNS (SANITIZED ? 100 : 2000)
#define KINDS 4

static struct clone3_plan plans[KINDS];

static void make_plans(int descriptor)
{
	static struct clone3_fd map[] = { { 0, 1 }, { 1, 0 }, { 0, 7 }, { 0, 0 } };

	for (int i = 0; i < KINDS; i++)
		plans[i] = plan_for("unused");
	map[3] = (struct clone3_fd){ descriptor, 9 };
	plans[1].steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plans[1].fds = map;
	plans[1].fd_count = 4;
	if (geteuid() == 0) {
		plans[2].steps = CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID;
		plans[2].gid = plans[2].uid = 65534;
	} else {
		plans[2].steps = CLONE3_STEP_UID;
		plans[2].uid = geteuid();
	}
	plans[3].steps = CLONE3_STEP_CWD;
	plans[3].cwd = "/nonexistent";
}

static void *spawn_all(void *pointer)
{
	int *wrong = pointer;

	for (int i = 0; i < SPAWNS; i++) {
		int kind = (i * 7 + i / 5) % KINDS;
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };
		int result = clone3_spawn(&plans[kind], &child);

		if (kind == 3) {
			*wrong += result != -ENOENT || child.failed_step != CLONE3_STEP_CWD ||
				  child.pid != -1 || child.pidfd != -1;
		} else if (result != 0) {
			++*wrong;
		} else {
			*wrong += clone3_pidfd_wait(child.pidfd, 0, &end) != 1 ||
				  end.pid != child.pid || end.code != CLD_EXITED || end.status != 0;
			close(child.pidfd);
		}
	}
	return NULL;
}

static void *do_nothing(void *unused)
{
	return unused;
}

static void in_threads(void *(*body)(void *), int wrong[THREADS])
{
	pthread_t threads[THREADS];
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 128 * 1024);
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &small, body, &wrong[i]) != 0) {
			printf("Bail out! no thread\n");
			exit(1);
		}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_attr_destroy(&small);
}

int main(int argc, char **argv)
{
	int descriptor = open("/", O_PATH | O_CLOEXEC);
	uint64_t page_kib = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	int wrong[THREADS] = { 0 };
	struct state before;
	uint64_t size, now;
	int sum = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	alarm(60);
	make_plans(descriptor);
	/* The libc keeps threads' stacks, too. */
	in_threads(do_nothing, wrong);
	state_take(&before);
	size = proc_status(getpid(), getpid(), "VmSize", 10);
	in_threads(spawn_all, wrong);
	for (int i = 0; i < THREADS; i++)
		sum += wrong[i];
	is(sum, 0, "every outcome is right");
	now = proc_status(getpid(), getpid(), "VmSize", 10);
	if (!SANITIZED)
		ok(now <= size + 8 * (64 + page_kib) + page_kib,
		   "no more than eight stacks and a page stay mapped");
	printf("# %llu KiB, then %llu\n", (unsigned long long)size, (unsigned long long)now);
	is(prctl(PR_GET_DUMPABLE), 1, "the caller is dumpable again");
	nothing_left(&before, "threads");
	return done();
}
