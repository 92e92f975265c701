/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* That spawn_guard_user can fail: linked without the guard, the same attacks succeed. */
#include "spawn_guard_user.h"

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
	struct clone3_plan plans[USER_PLANS];
	struct container container;
	struct tally tally;
	int stops;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_user_off") ||
	    !idmap_can_be_tested("spawn_guard_user_off"))
		return done();
	secret_make();
	container = container_start();
	user_plans(&container, plans);
	/* A child that has joined a user namespace closes the memory itself, too: only new ones. */
	for (int i = 0; i < NEW_USER_PLANS; i++) {
		tally = user_attacked(&plans[i], USER_WITHOUT_CAPABILITIES, &container, &stops);
		ok(tally.had > 0 && tally.attached > 0, "%s: %s reads the secret and attaches",
		   user_plan_names[i], user_attacker_names[USER_WITHOUT_CAPABILITIES]);
		printf("# %d stops, %llu read, %llu attached, %llu denied\n", stops,
		       (unsigned long long)tally.had, (unsigned long long)tally.attached,
		       (unsigned long long)tally.denied);
	}
	container_end(&container);
	return done();
}
