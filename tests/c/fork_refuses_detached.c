/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_DETACHED and bits that no kernel knows are -EINVAL. */
#include "task.h"

static void refused(uint64_t flags, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct state before;
	int pid;

	state_take(&before);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(pid, -EINVAL, what);
	nothing_left(&before, what);
}

int main(void)
{
	refused(CLONE3_DETACHED, "CLONE_DETACHED");
	refused(1, "the lowest bit");
	refused(0x40, "bit 6");
	refused(1ULL << 62, "bit 62");
	refused(1ULL << 63, "bit 63");
	return done();
}
