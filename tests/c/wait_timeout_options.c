/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The options with a time-out: stops and continuations are found, NOHANG makes no sense. */
#include "wait_view.h"

static int stop_soon(void *unused)
{
	sleep_ms(20);
	raise(SIGSTOP);
	return child_pauses(unused);
}

/* Wakes the child up a little later, while the test waits. */
static int continue_soon(void *argument)
{
	const struct child *child = argument;

	sleep_ms(20);
	kill(child->pid, SIGCONT);
	return 0;
}

int main(void)
{
	const int64_t far = 20000000000;
	struct clone3_exit result;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(stop_soon, NULL);

	dirty(&result);
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_NOHANG, far, &result), -EINVAL,
	   "NOHANG");
	ok(is_zeroed(&result), "the result is zeroed");
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_NOHANG, 0, NULL), -EINVAL,
	   "NOHANG, no result asked for");
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_STOPPED, far, &result), 1,
	   "STOPPED: a stop in time");
	is(result.wait_status, SIGSTOP << 8 | 0x7f, "with its signal");
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_STOPPED, 0, &result), -ETIMEDOUT,
	   "it is reported once");
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_CONTINUED, 20000000, &result),
	   -ETIMEDOUT, "CONTINUED: none in time");

	struct child waker = child_start(continue_soon, &child);

	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_CONTINUED, -1, &result), 1,
	   "CONTINUED: one, waiting for ever");
	is(result.code, CLD_CONTINUED, "and that is what it says");
	child_end(&waker);
	kill(child.pid, SIGKILL);
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_STOPPED | CLONE3_WAIT_CONTINUED, far,
				     &result),
	   1, "the end is reported with any option");
	is(result.wait_status, SIGKILL, "with its signal");
	close(child.pidfd);
	nothing_left(&before, "options with a time-out");
	return done();
}
