/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* That the tests of the guard can fail: linked without it, the same attacks succeed. */
#include "spawn_guard.h"

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
	struct clone3_plan plan;
	struct tally tally;
	int stops;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_off"))
		return done();
	secret_make();
	plan = plan_of_root_without_capabilities();
	tally = guard_attacked(&plan, ATTACKER_ROOT_WITHOUT_CAPABILITIES, &stops);
	ok(tally.had > 0, "root without rights reads the secret");
	ok(tally.attached > 0, "and attaches to the child");
	printf("# %d stops, %llu read, %llu attached, %llu denied\n", stops,
	       (unsigned long long)tally.had, (unsigned long long)tally.attached,
	       (unsigned long long)tally.denied);
	tally = guard_attacked(&plan, ATTACKER_NOBODY, &stops);
	ok(tally.had == 0 && tally.attached == 0, "another user does not");
	return done();
}
