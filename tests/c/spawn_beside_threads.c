/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Spawns beside threads that allocate, map and open all the time: no lock of the libc's matters. */
#include "spawn.h"

#include <pthread.h>

#define THREADS 3
#define SPAWNS (SANITIZED ? 50 : 400)

static int over;

static void *allocate(void *unused)
{
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		void *memory[16];
		FILE *file = fopen("/proc/self/stat", "re");
		void *mapping = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (size_t i = 0; i < 16; i++) {
			memory[i] = malloc((size_t)100 << i % 12);
			if (memory[i])
				memset(memory[i], (int)i, 100);
		}
		for (int i = 0; i < 16; i++)
			free(memory[i]);
		if (mapping != MAP_FAILED)
			munmap(mapping, 1 << 20);
		if (file)
			fclose(file);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	struct clone3_plan plan;
	struct state before;
	int wrong = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	plan = plan_for("unused");
	state_take(&before);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, allocate, NULL);
	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child = child_record();
		struct clone3_exit end;

		plan.steps = i % 2 ? CLONE3_STEP_CLOSE_OTHERS : 0;
		if (clone3_spawn(&plan, &child) != 0) {
			wrong++;
			continue;
		}
		wrong += clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.code != CLD_EXITED ||
			 end.status != 0;
		close(child.pidfd);
	}
	announce(&over);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	is(wrong, 0, "every program ran");
	nothing_left(&before, "busy threads");
	return done();
}
