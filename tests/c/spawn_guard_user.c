/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child in a new or joined user namespace gives nobody of its own the caller's memory. */
#include "spawn_guard_user.h"
#include "spawn_storm.h"

#define SPAWNS (getenv("TEST_IS_SLOW") ? 15 : 150) /* each costs much under emulation */

static void under_storm(const struct clone3_plan *plans)
{
	const struct clone3_plan both[2] = { plans[0], plans[NEW_USER_PLANS] };
	struct storm *storm = shared_memory(sizeof(*storm));

	ok(storm_run(storm, both, SPAWNS), "%d spawns under attack succeed",
	   STORM_THREADS * SPAWNS);
	for (int who = 0; who < ATTACKERS; who++) {
		const struct tally *tally = &storm->tally[who];

		ok(tally->had == 0 && tally->attached == 0 && tally->denied > 0,
		   "%s reads nothing and attaches to nothing", attacker_names[who]);
		printf("# %llu read, %llu attached, %llu denied\n", (unsigned long long)tally->had,
		       (unsigned long long)tally->attached, (unsigned long long)tally->denied);
	}
	munmap(storm, sizeof(*storm));
}

int main(int argc, char **argv)
{
	struct clone3_plan plans[USER_PLANS];
	struct container container;
	struct state before;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_user") || !idmap_can_be_tested("spawn_guard_user"))
		return done();
	secret_make();
	storm_search_path();
	state_take(&before);
	container = container_start();
	user_plans(&container, plans);
	for (int i = 0; i < USER_PLANS; i++)
		for (int who = 0; who < USER_ATTACKERS; who++) {
			int stops;
			struct tally tally = user_attacked(&plans[i], (enum user_attacker)who,
							   &container, &stops);

			ok(tally.had == 0 && tally.attached == 0 && stops >= 3 &&
				   tally.denied == (uint64_t)(3 * stops),
			   "%s: %s gets nothing", user_plan_names[i], user_attacker_names[who]);
			printf("# %d stops, %llu read, %llu attached, %llu denied\n", stops,
			       (unsigned long long)tally.had, (unsigned long long)tally.attached,
			       (unsigned long long)tally.denied);
		}
	under_storm(plans);
	container_end(&container);
	nothing_left(&before, "attacked spawns");
	return done();
}
