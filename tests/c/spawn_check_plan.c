/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The plan as a whole: path, argv and the bits of its sets of steps. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const empty[] = { NULL };
	const uint64_t last = last_step();
	struct clone3_plan plan, usual;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	usual = plan_for("plan");
	plan = usual;
	runs(&plan, 0, "a plan without steps");
	plan.path = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "no path");
	plan.search_path = "/bin";
	refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "no path, but where to look for it");
	plan = usual;
	plan.argv = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "no argv");
	plan.argv = empty;
	refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "an empty argv");
	plan = plan_by_fd_for("plan");
	plan.argv = empty;
	refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "an empty argv by descriptor");
	plan = usual;
	plan.reserved = 1;
	refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "a reserved member");

	for (uint64_t bit = last << 1; bit; bit <<= 1) {
		plan = usual;
		plan.steps = bit;
		refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "a step that is none");
		plan.optional = bit;
		refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "an optional one");
		plan.steps = 0;
		refused(&plan, EINVAL, CLONE3_STEP_CHECK, 0, "only optional");
	}
	for (uint64_t bit = 1; bit <= last; bit <<= 1) {
		plan = usual;
		plan.optional = bit;
		refused(&plan, EINVAL, bit, 0, "optional, but not a step of the plan");
		plan.steps = CLONE3_STEP_NO_NEW_PRIVS;
		plan.optional = bit | CLONE3_STEP_NO_NEW_PRIVS;
		if (bit != CLONE3_STEP_NO_NEW_PRIVS)
			refused(&plan, EINVAL, bit, 0, "beside one that is");
	}

	/* The first step at fault is told, in the order of the list. */
	plan = usual;
	plan.steps = CLONE3_STEP_UMASK | CLONE3_STEP_NICE;
	plan.umask = 01000;
	plan.nice = 20;
	refused(&plan, EINVAL, CLONE3_STEP_UMASK, 0, "two faults");
	plan.umask = 0;
	refused(&plan, EINVAL, CLONE3_STEP_NICE, 0, "the other one");
	return done();
}
