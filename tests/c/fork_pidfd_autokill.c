/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_PIDFD_AUTOKILL: closing the pidfd that clone3 gave kills the child. Else -EINVAL. */
#include "task.h"

#include <poll.h>

#define AUTOKILL (CLONE3_PIDFD_AUTOKILL | CLONE3_AUTOREAP | CLONE3_NNP | CLONE3_PIDFD)

static void refused(uint64_t flags, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct state before;
	int pidfd = -7;
	int pid;

	state_take(&before);
	args.pidfd = address_of(&pidfd);
	args.exit_signal = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(pid, -EINVAL, what);
	is(pidfd, -7, "no pidfd is stored");
	nothing_left(&before, what);
}

/* Whether the other end of a pipe is still open. */
static bool holds(int end, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = end, .events = POLLIN };

	return poll(&poll_fd, 1, timeout_ms) == 0;
}

int main(void)
{
	struct clone3_args args = args_with(AUTOKILL);
	struct state before;
	int pidfd = -1;
	int ends[2];
	int other;
	int pid;

	refused(AUTOKILL & ~CLONE3_PIDFD, "without a pidfd");
	refused(AUTOKILL & ~CLONE3_AUTOREAP, "without CLONE_AUTOREAP");
	if (!(support_here().flags & CLONE3_PIDFD_AUTOKILL)) {
		refused(AUTOKILL, "a kernel before 7.1 refuses the flag");
		return done();
	}
	state_take(&before);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return 255;
	args.pidfd = address_of(&pidfd);
	args.exit_signal = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		close(ends[0]);
		for (;;)
			pause();
	}
	close(ends[1]);
	other = (int)syscall(SYS_pidfd_open, pid, 0);
	ok(other >= 0, "a second pidfd");
	close(other);
	ok(holds(ends[0], 50), "closing it does nothing");
	close(pidfd);
	ok(!holds(ends[0], 10000), "closing clone3's ends the child");
	close(ends[0]);
	is(waitpid(pid, NULL, __WALL), -1, "and it is not waited for");
	nothing_left(&before, "after the child");
	return done();
}
