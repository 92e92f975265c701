/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* RLIMITS: the program's limits, those that could hurt the child included. */
#include "spawn.h"

#include <sys/resource.h>

static int program(const char *what)
{
	(void)what;
	for (int resource = 0; resource < 16; resource++) {
		struct rlimit limit;

		syscall(SYS_prlimit64, 0, resource, NULL, &limit);
		report->value[2 * resource] = (int64_t)limit.rlim_cur;
		report->value[2 * resource + 1] = (int64_t)limit.rlim_max;
	}
	return 0;
}

static const char *as_nobody(const void *argument)
{
	struct rlimit queue = { 0, 1000 };
	struct clone3_rlimit limits[] = { { RLIMIT_MSGQUEUE, 0, 1000, 1000 },
					  { RLIMIT_MEMLOCK, 0, 0, 0 },
					  { RLIMIT_MSGQUEUE, 0, 0, 1001 } };
	struct clone3_plan plan = plan_for("limits");
	const char *why;

	(void)argument;
	setrlimit(RLIMIT_MSGQUEUE, &queue);
	if (!be_nobody())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_RLIMITS;
	plan.rlimits = limits;
	plan.rlimit_count = 2;
	why = fault_of_run(&plan, 0, NULL);
	if (*why)
		return why;
	if (report->value[2 * RLIMIT_MSGQUEUE] != 1000)
		return "a soft limit is not raised";
	plan.rlimit_count = 3;
	return fault_of_refusal(&plan, EPERM, CLONE3_STEP_RLIMITS, 2);
}

int main(int argc, char **argv)
{
	struct rlimit before[16], after[16];
	struct clone3_rlimit limits[] = {
		{ RLIMIT_SIGPENDING, 0, 4096, 8192 },
		{ RLIMIT_NOFILE, 0, 77, 88 },
		{ RLIMIT_CPU, 0, 1000, 2000 },
		{ RLIMIT_AS, 0, 1UL << 46, 1UL << 47 },
		{ RLIMIT_STACK, 0, 1 << 20, 1 << 21 },
		{ RLIMIT_FSIZE, 0, 12345, 23456 },
		{ RLIMIT_DATA, 0, 1UL << 46, UINT64_MAX },
		{ RLIMIT_MSGQUEUE, 0, 1000, 1000 },
	};
	const size_t count = sizeof(limits) / sizeof(limits[0]);
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	for (unsigned int resource = 0; resource < 16; resource++)
		syscall(SYS_prlimit64, 0, resource, NULL, &before[resource]);
	plan = plan_for("limits");
	plan.steps = CLONE3_STEP_RLIMITS;
	plan.rlimits = limits;
	plan.rlimit_count = count;
	runs(&plan, 0, "eight limits");
	for (size_t i = 0; i < count; i++)
		ok(report->value[2 * limits[i].resource] == (int64_t)limits[i].soft &&
			   report->value[2 * limits[i].resource + 1] == (int64_t)limits[i].hard,
		   "resource %u: as told", limits[i].resource);
	plan.rlimit_count = 0;
	runs(&plan, 0, "none");
	for (unsigned int resource = 0; resource < 16; resource++)
		syscall(SYS_prlimit64, 0, resource, NULL, &after[resource]);
	ok(memcmp(before, after, sizeof(before)) == 0, "the caller's limits are as they were");

	plan.rlimit_count = count;
	limits[3].soft = UINT64_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_RLIMITS, 3, "a soft limit above the hard one");
	limits[3].soft = 0;
	limits[2].reserved = 1;
	refused(&plan, EINVAL, CLONE3_STEP_RLIMITS, 2, "a reserved member");
	limits[2].reserved = 0;
	limits[1].resource = 16;
	refused(&plan, EINVAL, CLONE3_STEP_RLIMITS, 1, "no such resource");
	plan.rlimits = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_RLIMITS, 0, "NULL");
	if (has_capability(7 /* CAP_SETUID */))
		holds_apart(as_nobody, NULL, "what an ordinary user may raise, and what not");
	else
		skip("step_rlimits/nobody", "needs CAP_SETUID");
	return done();
}
