/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* UMASK: the program's file mode creation mask is the plan's. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	report->value[0] = (int64_t)umask(0);
	return 0;
}

int main(int argc, char **argv)
{
	static const uint32_t masks[] = { 0, 027, 0777 };
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	umask(022);
	plan = plan_for("umask");
	runs(&plan, 0, "without the step");
	is(report->value[0], 022, "it has the caller's");
	plan.steps = CLONE3_STEP_UMASK;
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		plan.umask = masks[i];
		runs(&plan, 0, "with a mask");
		is(report->value[0], masks[i], "it has that one");
	}
	is(umask(022), 022, "the caller keeps its own");

	plan.umask = 01000;
	refused(&plan, EINVAL, CLONE3_STEP_UMASK, 0, "more than permissions");
	return done();
}
