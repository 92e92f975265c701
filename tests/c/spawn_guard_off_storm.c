/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* That spawn_guard_storm can fail: linked without the guard, the same attackers succeed. */
#include "spawn_storm.h"

/* The archive's own are not linked, since these come first. */
int c3_guard_enter(int changes_ids);
void c3_guard_leave(int is_over);

int c3_guard_enter(int changes_ids)
{
	(void)changes_ids;
	return 0;
}

void c3_guard_leave(int is_over)
{
	(void)is_over;
}

int main(int argc, char **argv)
{
	struct clone3_plan plans[2];
	const struct tally *tally;
	struct storm *shared;

	(void)argv;
	if (argc > 1)
		return 0;
	if (geteuid() != 0 || !equals_may_trace()) {
		skip("spawn_guard_off_storm", "needs root, and no security module against tracing");
		return done();
	}
	shared = shared_memory(sizeof(*shared));
	secret_make();
	plans[0] = plans[1] = plan_of_root_without_capabilities();
	tally = &shared->tally[ATTACKER_ROOT_WITHOUT_CAPABILITIES];
	/* Chance decides when it meets a child: again, until it has. */
	for (int i = 0; i < 20 && !(tally->had && tally->attached); i++)
		storm_run(shared, plans, 100);
	ok(tally->had > 0, "root without rights reads the secret");
	ok(tally->attached > 0, "and attaches to children");
	printf("# %llu read, %llu attached\n", (unsigned long long)tally->had,
	       (unsigned long long)tally->attached);
	return done();
}
