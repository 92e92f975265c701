/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Many guarded spawns under permanent attack: the body of two tests, with the guard and without. */
#ifndef SPAWN_STORM_H
#define SPAWN_STORM_H

#include "spawn_attack.h"

#include <pthread.h>

#define STORM_THREADS 2

/* What the attackers know and tell; shared. */
struct storm {
	int newest; /* a pid, 0 before the first child: the next is one of those behind it */
	int over;
	struct tally tally[ATTACKERS];
};

struct storm_attack {
	struct storm *storm;
	enum attacker who;
};

static inline int storm_attack(void *pointer)
{
	const struct storm_attack *attack = pointer;
	struct storm *storm = attack->storm;
	struct tally *tally = &storm->tally[attack->who];
	unsigned int turn = 0;

	if (!attacker_become(attack->who))
		return 1;
	while (!__atomic_load_n(&storm->over, __ATOMIC_RELAXED)) {
		int newest = __atomic_load_n(&storm->newest, __ATOMIC_RELAXED);

		for (pid_t pid = newest + 1; newest && pid <= newest + 2 * STORM_THREADS; pid++) {
			attack_by_reading(pid, tally);
			if (++turn % 4 == 0)
				attack_by_tracing(pid, turn % 8 == 0, tally);
		}
	}
	return 0;
}

/* A search through directories that are not there: the child shares the memory for longer. */
static inline const char *storm_search_path(void)
{
	static char path[4000];

	if (path[0])
		return path;
	while (strlen(path) < sizeof(path) - 32)
		strcat(path, "/nonexistent:");
	return strcat(path, "/proc/self");
}

struct storm_spawner {
	struct storm *storm;
	struct clone3_plan plans[2];
	int count;
	int failed;
};

static inline void *storm_spawn(void *pointer)
{
	struct storm_spawner *spawner = pointer;

	for (int i = 0; i < spawner->count; i++) {
		struct clone3_child child = child_record();

		if (clone3_spawn(&spawner->plans[i % 2], &child) != 0) {
			spawner->failed++;
			continue;
		}
		__atomic_store_n(&spawner->storm->newest, child.pid, __ATOMIC_RELAXED);
		if (clone3_pidfd_wait(child.pidfd, 0, NULL) != 1)
			spawner->failed++;
		close(child.pidfd);
	}
	return NULL;
}

/* @count spawns by each thread, alternating between two plans; false if any failed. */
static inline bool storm_run(struct storm *storm, const struct clone3_plan plans[2], int count)
{
	struct storm_spawner spawners[STORM_THREADS];
	pthread_t threads[STORM_THREADS];
	struct child attackers[ATTACKERS];
	struct storm_attack attacks[ATTACKERS];
	bool passed = true;

	memset(storm, 0, sizeof(*storm));
	for (int i = 0; i < ATTACKERS; i++) {
		attacks[i] = (struct storm_attack){ storm, (enum attacker)i };
		attackers[i] = child_start(storm_attack, &attacks[i]);
	}
	for (int i = 0; i < STORM_THREADS; i++) {
		spawners[i] = (struct storm_spawner){ storm, { plans[0], plans[1] }, count, 0 };
		for (int p = 0; p < 2; p++) {
			spawners[i].plans[p].path = "exe";
			spawners[i].plans[p].search_path = storm_search_path();
		}
		pthread_create(&threads[i], NULL, storm_spawn, &spawners[i]);
	}
	for (int i = 0; i < STORM_THREADS; i++) {
		pthread_join(threads[i], NULL);
		passed = passed && spawners[i].failed == 0;
	}
	announce(&storm->over);
	for (int i = 0; i < ATTACKERS; i++) {
		passed = child_reap(&attackers[i]) == 0 && passed;
		close(attackers[i].pidfd);
	}
	return passed;
}

#endif
