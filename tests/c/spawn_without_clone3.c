/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where every clone3 is refused a spawn does by clone(2) all that it does elsewhere. */
#include "spawn_without_clone3.h"

static bool no_such_call(void)
{
	return filter_clone3(ENOSYS);
}

static bool not_permitted(void)
{
	return filter_clone3(EPERM);
}

/* No clone either: what comes back is clone3's errno where that is missing, else clone's. */
static const char *nothing_at_all(const void *clone_error)
{
	struct clone3_plan plan = plan_for("unused");
	const int *error = clone_error;

	if (!filter_every_clone(ENOSYS, *error))
		return "there is no filter";
	return fault_of_refusal(&plan, *error, CLONE3_STEP_CLONE, 0);
}

int main(int argc, char **argv)
{
	static const int errors[] = { ENOSYS, EPERM, EAGAIN };
	struct state before;

	if (argc > 1)
		return program_main(argv, without_program);
	report_open();
	state_take(&before);
	without_clone3(no_such_call, true, "ENOSYS");
	without_clone3(not_permitted, true, "EPERM");
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		holds_apart(nothing_at_all, &errors[i], "without clone(2), too, its errno comes");
	nothing_left(&before, "without clone3");
	return done();
}
