/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where a pidfd does not tell how a reaped process ended (before 6.15) it is -ECHILD. */
#include "old_kernel.h"
#include "wait_view.h"

int main(void)
{
	struct clone3_exit result;
	struct state before;

	if (!refuse_if(SYS_ioctl, 1, IOCTL_INFO_MASK, IOCTL_INFO, ENOTTY)) {
		skip("wait_before_exit_info", "no seccomp here");
		return done();
	}
	state_take(&before);
	alarm(60);

	struct child child = child_start(child_returns, (void *)4);

	child_reap(&child);
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, 0, &result), -ECHILD, "reaped: wait");
	ok(is_zeroed(&result), "the result is zeroed");
	dirty(&result);
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, -1, &result), -ECHILD, "reaped: wait_timeout");
	ok(is_zeroed(&result), "the result is zeroed");
	close(child.pidfd);
	nothing_left(&before, "a child that was reaped before");

	child = child_start(child_returns, (void *)4);
	is(clone3_pidfd_wait(child.pidfd, 0, &result), 1, "an ordinary child");
	is(result.wait_status, 4 << 8, "with its status");
	close(child.pidfd);
	nothing_left(&before, "an ordinary child");

	signal(SIGCHLD, SIG_IGN);
	child = child_start_reaped(child_returns, (void *)4);
	is(clone3_pidfd_wait(child.pidfd, 0, &result), -ECHILD, "SIGCHLD ignored: wait");
	close(child.pidfd);
	child = child_start_reaped(child_returns, (void *)4);
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, -1, &result), -ECHILD,
	   "SIGCHLD ignored: wait_timeout");
	close(child.pidfd);
	nothing_left(&before, "SIGCHLD ignored");
	return done();
}
