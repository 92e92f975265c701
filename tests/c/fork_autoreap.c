/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_AUTOREAP: the child is never waited for, and its status is the pidfd's. Else -EINVAL. */
#include "task.h"

#include <poll.h>

/* The status of an auto-reaped child that exits or kills itself, from its pidfd. */
static void try(int signo, int want)
{
	struct clone3_args args = args_with(CLONE3_AUTOREAP | CLONE3_PIDFD);
	struct clone3_pidfd_info info = { .size = sizeof(info), .mask = CLONE3_INFO_EXIT };
	struct pollfd poll_fd = { .events = POLLIN };
	int pidfd = -1;
	int pid;

	args.pidfd = address_of(&pidfd);
	args.exit_signal = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		if (signo)
			raise(signo);
		_exit(42);
	}
	ok(pid > 0, "a child is created");
	is(waitpid(pid, NULL, __WALL), -1, "it is not waited for");
	is(errno, ECHILD, "it is no child to wait for");
	poll_fd.fd = pidfd;
	while (poll(&poll_fd, 1, 10000) == 1 && !(poll_fd.revents & POLLHUP))
		;
	is(clone3_pidfd_get_info(pidfd, &info), 0, "the pidfd still knows");
	is(info.wait_status, want, "how it ended");
	close(pidfd);
}

/* Flags that no kernel takes beside it. */
static void refused(uint64_t flags, uint64_t exit_signal, const char *what)
{
	struct clone3_args args = args_with(CLONE3_AUTOREAP | flags);
	struct state before;
	int pid;

	state_take(&before);
	args.exit_signal = exit_signal;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(pid, -EINVAL, what);
	nothing_left(&before, what);
}

int main(void)
{
	struct state before;

	state_take(&before);
	refused(0, SIGCHLD, "with an exit signal");
	refused(CLONE3_PARENT, 0, "with CLONE_PARENT");
	if (!(support_here().flags & CLONE3_AUTOREAP)) {
		refused(0, 0, "a kernel before 7.1 refuses the flag");
		return done();
	}
	try(0, 42 << 8);
	try(SIGKILL, SIGKILL);
	nothing_left(&before, "after the children");
	return done();
}
