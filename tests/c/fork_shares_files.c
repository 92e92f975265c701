/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_FILES shares the descriptor table; without it the child has a copy. */
#include "task.h"

static int child(uint64_t flags, int fd)
{
	struct clone3_args args = args_with(flags);
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0)
		_exit(dup2(2, fd) == fd ? 0 : 1);
	return reap_code(pid);
}

int main(void)
{
	struct state before;

	state_take(&before);
	is(child(0, 50), 0, "a child with its own table opens a descriptor");
	is(fcntl(50, F_GETFD), -1, "which the caller does not have");
	is(child(CLONE3_FILES, 50), 0, "a child with CLONE_FILES opens one");
	is(fcntl(50, F_GETFD), 0, "which the caller has");
	close(50);
	nothing_left(&before, "after the children");
	return done();
}
