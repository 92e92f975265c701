/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where clone3 knows no cgroup, as before Linux 5.7, the child joins it as its first act. */
#include "spawn_without_clone3.h"

static bool too_big(void)
{
	return refuse_if(SYS_clone3, 1, UINT32_MAX, CLONE3_ARGS_SIZE_VER2, E2BIG);
}

static bool invalid(void)
{
	return refuse_if(SYS_clone3, 1, UINT32_MAX, CLONE3_ARGS_SIZE_VER2, EINVAL);
}

int main(int argc, char **argv)
{
	struct state before;

	if (argc > 1)
		return program_main(argv, without_program);
	report_open();
	state_take(&before);
	without_clone3(too_big, false, "E2BIG");
	without_clone3(invalid, false, "EINVAL");
	nothing_left(&before, "without CLONE_INTO_CGROUP");
	return done();
}
