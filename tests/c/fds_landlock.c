/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS does not overwrite the ruleset that LANDLOCK needs, though its number is a target. */
#include "fd_map.h"

#define RULESET 30

/* The kernel's struct landlock_ruleset_attr of its first version. */
static int ruleset_against_writing(void)
{
	const uint64_t handled = 0x2; /* LANDLOCK_ACCESS_FS_WRITE_FILE */

	return (int)syscall(444 /* landlock_create_ruleset */, &handled, sizeof(handled), 0);
}

static int program(const char *what)
{
	(void)what;
	report->value[100] = open("/dev/null", O_WRONLY) < 0 ? errno : 0;
	return report_descriptors();
}

int main(int argc, char **argv)
{
	struct clone3_fd map[] = { { 20, RULESET }, { 21, 31 }, { 0, 0 } };
	struct clone3_plan plan;
	int ruleset;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	ruleset = ruleset_against_writing();
	if (ruleset < 0) {
		skip("fds_landlock", "the kernel has no Landlock");
		return done();
	}
	dup3(ruleset, RULESET, O_CLOEXEC);
	file_at(20, 20);
	file_at(21, 21);
	map[2] = (struct clone3_fd){ report_fd, report_fd };

	plan = plan_with_fds("write", map, COUNT(map));
	plan.steps |= CLONE3_STEP_LANDLOCK | CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_CLOSE_OTHERS;
	plan.landlock_fd = RULESET;
	runs(&plan, 0, "the ruleset's number is a target");
	is(report->value[100], EACCES, "the program is restricted by it");
	is(seen(RULESET), 20, "the target holds its source");
	is(seen_above_stdio(), 2, "the ruleset is not passed on");

	plan.steps &= ~CLONE3_STEP_CLOSE_OTHERS;
	runs(&plan, 0, "the same without CLOSE_OTHERS");
	is(report->value[100], EACCES, "the program is restricted by it");
	is(seen(RULESET), 20, "the target holds its source");
	return done();
}
