/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A pid namespace whose init has ended takes no more children: -ENOMEM. */
#include "task.h"

static int after_the_init(void *unused)
{
	struct clone3_args args = args_with(CLONE3_PIDFD);
	int pidfd = -7;
	int pid;

	(void)unused;
	args.pidfd = address_of(&pidfd);
	if (syscall(SYS_unshare, CLONE3_NEWPID) != 0)
		return 255;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(getpid() == 1 ? 3 : 4);
	if (reap_code(pid) != 3)
		return 254;
	close(pidfd);
	pidfd = -7;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid < 0 && pidfd == -7 && has_no_child() ? -pid : 253;
}

int main(void)
{
	if (!has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("fork_dead_pid_namespace", "needs CAP_SYS_ADMIN");
		return done();
	}
	is(apart(after_the_init, NULL), ENOMEM, "the next child is refused");
	return done();
}
