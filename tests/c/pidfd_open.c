/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_open: the descriptor refers to the process, running or zombie. */
#include "child.h"
#include "proc.h"

#include <poll.h>

int main(void)
{
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);
	int plain = clone3_pidfd_open(child.pid, 0);
	int nonblocking = clone3_pidfd_open(child.pid, CLONE3_OPEN_NONBLOCK);
	struct pollfd poll_plain = { .fd = plain, .events = POLLIN };

	is(proc_fdinfo_pid(plain), child.pid, "fdinfo tells the child's pid");
	is(fcntl(plain, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
	is(fcntl(plain, F_GETFL) & O_NONBLOCK, 0, "without the flag it is blocking");
	is(poll(&poll_plain, 1, 0), 0, "it is not readable while the child runs");
	is(proc_fdinfo_pid(nonblocking), child.pid, "NONBLOCK: fdinfo tells the child's pid");
	is(fcntl(nonblocking, F_GETFL) & O_NONBLOCK, O_NONBLOCK, "NONBLOCK: it is non-blocking");
	is(fcntl(nonblocking, F_GETFD), FD_CLOEXEC, "NONBLOCK: it is close-on-exec");

	kill(child.pid, SIGKILL);
	is(poll(&poll_plain, 1, 10000), 1, "the child's end makes it readable");
	child_await_end(&child);

	int zombie = clone3_pidfd_open(child.pid, 0);

	is(proc_fdinfo_pid(zombie), child.pid, "a zombie can be opened");
	close(plain);
	close(nonblocking);
	close(zombie);
	child_end(&child);
	nothing_left(&before, "pidfd_open");
	return done();
}
