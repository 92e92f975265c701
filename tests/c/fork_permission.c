/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What needs a capability is -EPERM without one, and nothing is created. */
#include "task.h"

/* 0, or a bit for each request that was answered otherwise or left something. */
static int without_capabilities(void *unused)
{
	static const uint64_t privileged[] = { CLONE3_NEWNS,  CLONE3_NEWUTS, CLONE3_NEWIPC,
					       CLONE3_NEWPID, CLONE3_NEWNET, CLONE3_NEWCGROUP };
	struct clone3_args args;
	int one = 1;
	int bad = 0;
	int pid;

	(void)unused;
	if (!become_nobody())
		return 255;
	for (size_t i = 0; i < sizeof(privileged) / sizeof(privileged[0]); i++) {
		args = args_with(privileged[i]);
		pid = clone3_fork(&args, sizeof(args));
		if (pid == 0)
			_exit(0);
		if ((pid != -EPERM && pid != -EINVAL) || !has_no_child())
			bad |= 1;
		if (privileged[i] == CLONE3_NEWNS && pid != -EPERM)
			bad |= 2;
	}
	args = args_with(0);
	args.set_tid = address_of(&one);
	args.set_tid_size = 1;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	if ((pid != -EPERM && pid != -E2BIG) || !has_no_child())
		bad |= 4;
	args.set_tid = args.set_tid_size = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(9);
	if (reap_code(pid) != 9)
		bad |= 8;
	return bad;
}

int main(void)
{
	if (geteuid() != 0) {
		skip("fork_permission", "needs root, to have something to give up");
		return done();
	}
	is(apart(without_capabilities, NULL), 0,
	   "namespaces and set_tid: -EPERM, and a plain child still works");
	return done();
}
