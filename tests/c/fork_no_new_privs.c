/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_NNP: the child has no_new_privs from birth, the caller does not. Else -EINVAL. */
#include "task.h"

int main(void)
{
	struct clone3_args args = args_with(CLONE3_NNP);
	int here = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	struct state before;
	int pid;

	state_take(&before);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	if (support_here().flags & CLONE3_NNP)
		is(reap_code(pid), 1, "the child may gain no privileges");
	else
		is(pid, -EINVAL, "a kernel before 7.1 refuses the flag");
	is(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), here, "nothing changed for the caller");
	nothing_left(&before, "after the call");
	return done();
}
