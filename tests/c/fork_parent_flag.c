/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With CLONE_PARENT the child is a sibling: the caller's parent is its parent and waits for it. */
#include "task.h"

struct seen {
	int sibling;
	int creator_may_wait;
	int ppid;
	int go;
};

static int create_sibling(void *argument)
{
	struct clone3_args args = args_with(CLONE3_PARENT);
	struct seen *seen = argument;
	int pid;

	args.exit_signal = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		seen->ppid = getppid();
		raw_wait_while(&seen->go, 0);
		_exit(21);
	}
	seen->sibling = pid;
	seen->creator_may_wait = waitpid(pid, NULL, __WALL | WNOHANG) != -1;
	return pid > 0 ? 0 : 1;
}

int main(void)
{
	struct seen *seen = shared_memory(sizeof(*seen));
	struct clone3_args args = args_with(CLONE3_PARENT);
	struct state before;

	if (getpid() == 1) {
		skip("fork_parent_flag", "the init of a pid namespace may not use CLONE_PARENT");
		return done();
	}
	state_take(&before);
	is(apart(create_sibling, seen), 0, "a process creates a sibling and ends");
	raw_set(&seen->go, 1);
	is(reap_code(seen->sibling), 21, "its parent waits for the sibling");
	is(seen->ppid, getpid(), "whose parent it is");
	is(seen->creator_may_wait, 0, "and the creator could not");

	is(clone3_fork(&args, sizeof(args)), -EINVAL, "an exit signal beside it is refused");
	nothing_left(&before, "CLONE_PARENT with an exit signal");
	return done();
}
