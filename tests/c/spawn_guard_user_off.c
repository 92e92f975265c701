/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* That spawn_guard_user can fail: linked without the guard, the same attacks succeed. */
#include "spawn_guard_user.h"

/* The archive's own are not linked, since these come first. */
int c3_guard_enter(void);
void c3_guard_leave(void);

int c3_guard_enter(void)
{
	return 0;
}

void c3_guard_leave(void)
{
}

int main(int argc, char **argv)
{
	static const enum user_attacker who[USER_PLANS] = {
		USER_WITHOUT_CAPABILITIES,
		USER_ROOT_OF_CONTAINER,
		USER_ROOT_OF_CONTAINER,
	};
	struct clone3_plan plans[USER_PLANS];
	struct container container;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_user_off") ||
	    !idmap_can_be_tested("spawn_guard_user_off"))
		return done();
	secret_make();
	container = container_start();
	user_plans(&container, plans);
	for (int i = 0; i < USER_PLANS; i++) {
		int stops;
		struct tally tally = user_attacked(&plans[i], who[i], &container, &stops);

		ok(tally.had > 0 && tally.attached > 0, "%s: %s reads the secret and attaches",
		   user_plan_names[i], user_attacker_names[who[i]]);
		printf("# %d stops, %llu read, %llu attached, %llu denied\n", stops,
		       (unsigned long long)tally.had, (unsigned long long)tally.attached,
		       (unsigned long long)tally.denied);
	}
	container_end(&container);
	return done();
}
