/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With CLONE_PIDFD the caller gets a close-on-exec pidfd of the child; on failure nothing. */
#include "task.h"

#include <poll.h>

int main(void)
{
	struct clone3_args args = args_with(CLONE3_PIDFD);
	int *word = shared_memory(sizeof(*word));
	struct pollfd poll_fd = { .events = POLLIN };
	struct state before;
	int pidfd = -7;
	int pid;

	state_take(&before);
	args.pidfd = address_of(&pidfd);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		raw_wait_while(word, 0);
		_exit(0);
	}
	ok(pidfd >= 0, "a descriptor was stored");
	is(proc_fdinfo_pid(pidfd), pid, "it refers to the child");
	is(fcntl(pidfd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "it is close-on-exec");
	poll_fd.fd = pidfd;
	is(poll(&poll_fd, 1, 0), 0, "it is not ready while the child runs");
	raw_set(word, 1);
	is(poll(&poll_fd, 1, 10000), 1, "and ready at the child's end");
	is(reap_code(pid), 0, "the child is reaped");
	is(proc_fdinfo_pid(pidfd), -1, "it refers to nobody now");
	close(pidfd);
	nothing_left(&before, "after the child");

	pidfd = -7;
	args.flags |= CLONE3_NEWNS | CLONE3_FS;
	is(clone3_fork(&args, sizeof(args)), -EINVAL, "a call that the kernel refuses");
	is(pidfd, -7, "stores nothing");
	nothing_left(&before, "a refused pidfd");
	return done();
}
