/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NOHANG answers 0 while the child runs; NOWAIT leaves a zombie to the next wait. */
#include "wait_view.h"

int main(void)
{
	struct clone3_exit result, again;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &result), 0, "a running child");
	ok(is_zeroed(&result), "fills nothing");
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, NULL), 0, "no result is asked for");

	kill(child.pid, SIGKILL);
	child_await_end(&child);
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG | CLONE3_WAIT_NOWAIT, &result), 1,
	   "a zombie, NOWAIT");
	dirty(&again);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOWAIT, &again), 1, "it is still there");
	ok(again.pid == result.pid && again.wait_status == result.wait_status, "and the same");
	is(waitpid(child.pid, NULL, WNOHANG | __WALL), child.pid, "and wait4 finds it");
	close(child.pidfd);

	child = child_start(child_returns, NULL);
	child_await_end(&child);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &result), 1,
	   "a zombie, NOHANG alone");
	is(waitpid(child.pid, NULL, WNOHANG | __WALL), -1, "it was reaped");
	close(child.pidfd);
	nothing_left(&before, "NOHANG and NOWAIT");
	return done();
}
