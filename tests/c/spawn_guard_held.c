/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nobody gets at the caller's memory through a child with less rights, wherever it is held. */
#include "spawn_guard.h"

static void attack_all(int dumpable)
{
	const struct clone3_plan plans[] = { plan_of_nobody(),
					     plan_of_root_without_capabilities() };
	static const char *const names[] = { "a child of another user",
					     "a child without capabilities" };
	char what[128];

	for (int i = 0; i < 2; i++)
		for (int who = 0; who < ATTACKERS; who++) {
			struct state before;
			struct tally tally;
			int stops;

			state_take(&before);
			tally = guard_attacked(&plans[i], (enum attacker)who, &stops);
			snprintf(what, sizeof(what), "fs.suid_dumpable %d: %s, attacked by %s",
				 dumpable, names[i], attacker_names[who]);
			is(tally.had, 0, what);
			is(tally.attached, 0, "nor is anything attached");
			/* Ids change twice; reading, attaching and seizing each fail. */
			ok(stops >= (i == 0 ? 4 : 2) && tally.denied >= (uint64_t)(3 * stops),
			   "at %d stops all of %llu tries are denied", stops,
			   (unsigned long long)tally.denied);
			nothing_left(&before, what);
		}
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_held"))
		return done();
	secret_make();
	attack_all(number_in(SUID_DUMPABLE, -1));
	if (!suid_dumpable_begin()) {
		skip("spawn_guard_held", "fs.suid_dumpable cannot be set");
		return done();
	}
	for (int value = 0; value <= 2; value++)
		if (value != suid_dumpable_before) {
			suid_dumpable_set(value);
			attack_all(value);
		}
	return done();
}
