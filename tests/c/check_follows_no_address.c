/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_check() follows no address in the arguments, and makes nothing of state or rights. */
#include "task.h"

int main(void)
{
	struct clone3_args args;
	struct state before;

	state_take(&before);
	memset(&args, 0xff, sizeof(args));
	args.flags = 0;
	args.exit_signal = SIGCHLD;
	args.stack = args.stack_size = args.set_tid = args.set_tid_size = 0;
	is(clone3_check(&args, sizeof(args), NULL), 0,
	   "members without their flags may hold anything");

	args.flags = CLONE3_PIDFD | CLONE3_PARENT_SETTID | CLONE3_CHILD_SETTID |
		     CLONE3_CHILD_CLEARTID;
	args.pidfd = 8;
	args.parent_tid = 16;
	args.child_tid = 24;
	is(clone3_check(&args, sizeof(args), NULL), 0, "bad addresses for ids");
	args.set_tid = 8;
	args.set_tid_size = 32;
	is(clone3_check(&args, sizeof(args), NULL), 0, "a bad address for set_tid");
	args.flags |= CLONE3_INTO_CGROUP;
	args.cgroup = INT32_MAX;
	is(clone3_check(&args, sizeof(args), NULL), 0, "a descriptor that is not open");
	args.flags = CLONE3_NEWPID | CLONE3_NEWUSER | CLONE3_NEWTIME;
	is(clone3_check(&args, sizeof(args), NULL), 0, "namespaces");
	args.flags = CLONE3_VM;
	args.set_tid = args.set_tid_size = 0;
	is(clone3_check(&args, sizeof(args), NULL), 0,
	   "VM without a stack, which the kernel allows");
	nothing_left(&before, "after the checks");
	return done();
}
