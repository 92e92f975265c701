/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Addresses the kernel cannot use are -EFAULT where it looks, and ignored where it does not. */
#include "task.h"

int main(void)
{
	const uint64_t bad = address_of(
		mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	struct clone3_args args = args_with(CLONE3_PIDFD);
	struct state before;
	int pid;

	state_take(&before);
	is(clone3_fork(&args, sizeof(args)), -EFAULT, "pidfd: NULL");
	nothing_left(&before, "NULL for the pidfd");
	args.pidfd = bad;
	is(clone3_fork(&args, sizeof(args)), -EFAULT, "pidfd: not writable");
	nothing_left(&before, "a bad address for the pidfd");

	if (support_here().args_size >= CLONE3_ARGS_SIZE_VER1) {
		args = args_with(0);
		args.set_tid = bad;
		args.set_tid_size = 1;
		is(clone3_fork(&args, sizeof(args)), -EFAULT, "set_tid: not readable");
		nothing_left(&before, "a bad address for set_tid");
	}

	args = args_with(CLONE3_PARENT_SETTID | CLONE3_CHILD_SETTID | CLONE3_CHILD_CLEARTID);
	args.parent_tid = bad;
	args.child_tid = bad;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(4);
	is(reap_code(pid), 4, "parent_tid and child_tid: the kernel stores nothing and goes on");
	nothing_left(&before, "bad addresses for thread ids");

	/* Members whose flag is not set may hold anything. */
	args = args_with(0);
	args.pidfd = args.child_tid = args.parent_tid = args.tls = bad;
	args.cgroup = UINT64_MAX;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(5);
	is(reap_code(pid), 5, "without its flag no member counts");
	nothing_left(&before, "members without flags");
	return done();
}
