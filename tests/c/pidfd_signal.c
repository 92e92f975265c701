/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_send_signal: the process gets the signal; 0 only checks; a zombie takes any. */
#include "child.h"
#include "proc.h"

int main(void)
{
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	is(clone3_pidfd_send_signal(child.pidfd, 0, 0), 0, "signal 0 finds a running process");
	is(proc_status(child.pid, child.pid, "ShdPnd", 16), 0, "and leaves nothing pending");
	is(clone3_pidfd_send_signal(child.pidfd, SIGTERM, 0), 0, "SIGTERM is sent");
	child_await_end(&child);
	is(clone3_pidfd_send_signal(child.pidfd, 0, 0), 0, "signal 0 finds a zombie");
	is(clone3_pidfd_send_signal(child.pidfd, SIGKILL, 0), 0, "a zombie takes SIGKILL");

	int status = child_end(&child);

	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "SIGTERM ended it");

	child = child_start(child_pauses, NULL);
	is(clone3_pidfd_send_signal(child.pidfd, 64, 0), 0, "the last real-time signal is sent");
	child_await_end(&child);
	status = child_end(&child);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == 64, "it ended the process");
	nothing_left(&before, "pidfd_send_signal");
	return done();
}
