/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_IO shares the I/O context, and with it the I/O priority. */
#include "task.h"

#define IO_PROCESS 1
#define IO_BEST_EFFORT(level) (2 << 13 | (level))

static long io_priority(void)
{
	return syscall(SYS_ioprio_get, IO_PROCESS, 0);
}

static int child(uint64_t flags, int level)
{
	struct clone3_args args = args_with(flags);
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0)
		_exit(syscall(SYS_ioprio_set, IO_PROCESS, 0, IO_BEST_EFFORT(level)) == 0 ? 0 : 1);
	return reap_code(pid);
}

int main(void)
{
	struct state before;

	state_take(&before);
	if (syscall(SYS_ioprio_set, IO_PROCESS, 0, IO_BEST_EFFORT(3)) != 0) {
		skip("fork_shares_io_context", "no I/O priorities");
		return done();
	}
	is(child(0, 6), 0, "a child of its own sets its priority");
	is(io_priority(), IO_BEST_EFFORT(3), "the caller's is as before");
	is(child(CLONE3_IO, 6), 0, "a child with CLONE_IO sets its priority");
	is(io_priority(), IO_BEST_EFFORT(6), "which is the caller's");
	nothing_left(&before, "after the children");
	return done();
}
