/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Thousands of guarded spawns by two threads under permanent attack: nothing read or attached. */
#include "spawn_storm.h"

#define SPAWNS 600

static void storm(struct storm *shared, int dumpable)
{
	const struct clone3_plan plans[2] = { plan_of_nobody(),
					      plan_of_root_without_capabilities() };
	struct state before;

	state_take(&before);
	ok(storm_run(shared, plans, SPAWNS), "fs.suid_dumpable %d: %d spawns succeed", dumpable,
	   STORM_THREADS * SPAWNS);
	for (int who = 0; who < ATTACKERS; who++) {
		const struct tally *tally = &shared->tally[who];

		ok(tally->had == 0 && tally->attached == 0 && tally->denied > 0,
		   "%s reads nothing and attaches to nothing", attacker_names[who]);
		printf("# %llu read, %llu attached, %llu denied\n", (unsigned long long)tally->had,
		       (unsigned long long)tally->attached, (unsigned long long)tally->denied);
	}
	nothing_left(&before, "the storm");
}

int main(int argc, char **argv)
{
	struct storm *shared;

	(void)argv;
	if (argc > 1)
		return 0;
	if (geteuid() != 0 || !equals_may_trace()) {
		skip("spawn_guard_storm", "needs root, and no security module against tracing");
		return done();
	}
	alarm(60);
	shared = shared_memory(sizeof(*shared));
	secret_make();
	storm_search_path();
	storm(shared, number_in(SUID_DUMPABLE, -1));
	if (!suid_dumpable_begin()) {
		skip("spawn_guard_storm", "fs.suid_dumpable cannot be set");
		return done();
	}
	for (int value = 0; value <= 2; value++)
		if (value != suid_dumpable_before) {
			suid_dumpable_set(value);
			storm(shared, value);
		}
	return done();
}
