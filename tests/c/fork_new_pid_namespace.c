/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The first child of a new pid namespace is 1 in it, and another number in the caller's. */
#include "task.h"

struct seen {
	int pid;
	int ppid;
	int tid;
};

int main(void)
{
	struct clone3_args args = args_with(CLONE3_NEWPID | CLONE3_PIDFD);
	struct seen *seen = shared_memory(sizeof(*seen));
	struct state before;
	int pidfd = -1;
	int pid;

	if (!has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("fork_new_pid_namespace", "needs CAP_SYS_ADMIN");
		return done();
	}
	state_take(&before);
	args.pidfd = address_of(&pidfd);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		seen->pid = getpid();
		seen->ppid = getppid();
		seen->tid = raw_gettid();
		_exit(0);
	}
	is(proc_fdinfo_pid(pidfd), pid, "the pidfd names it by the caller's number");
	close(pidfd);
	is(reap_code(pid), 0, "the caller waits by that number");
	ok(pid > 1, "which is not 1");
	is(seen->pid, 1, "in its own namespace the child is 1");
	is(seen->tid, 1, "its thread too");
	is(seen->ppid, 0, "and its parent is outside");
	nothing_left(&before, "after the child");
	return done();
}
