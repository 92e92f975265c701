/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_PARENT_SETTID stores the tid in the caller's memory, which the child does not see. */
#include "task.h"

int main(void)
{
	struct clone3_args args = args_with(CLONE3_PARENT_SETTID);
	volatile int word = -7;
	struct state before;
	int pidfd = -1;
	int pid;

	state_take(&before);
	args.parent_tid = address_of(&word);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(word == -7 ? 0 : 1);
	is(word, pid, "the tid was stored");
	is(reap_code(pid), 0, "in the caller's copy alone");

	args = args_with(CLONE3_PARENT_SETTID | CLONE3_PIDFD);
	args.parent_tid = address_of(&word);
	args.pidfd = address_of(&pidfd);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(word, pid, "beside a pidfd too");
	is(proc_fdinfo_pid(pidfd), pid, "which is the child's");
	reap(pid);
	close(pidfd);

	word = -7;
	args.flags = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	reap(pid);
	is(word, -7, "without the flag nothing is stored");
	nothing_left(&before, "after the children");
	return done();
}
