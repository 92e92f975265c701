/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* STOPPED and CONTINUED report those changes, once each, and only if asked for. */
#include "wait_view.h"

/* One test: @option reports (@code, @signo), as waitid and wait4 do. */
static void changes_as(struct child *child, unsigned int option, int taken_by, int code, int signo,
		       const char *what)
{
	struct clone3_exit result;
	struct wait_view before, after;

	dirty(&result);
	view_take(child, (int)option, &before);

	int answer = clone3_pidfd_wait(child->pidfd, option | CLONE3_WAIT_NOWAIT, &result);

	view_reap(child, taken_by, &after);
	ok(answer == 1 && result.code == code && result.status == signo &&
		   agrees(&result, &before, &after),
	   "%s: code %d, status %d, wait status %#x (wait4: %#x)", what, result.code, result.status,
	   result.wait_status, after.wait_status);
}

int main(void)
{
	const unsigned int both = CLONE3_WAIT_STOPPED | CLONE3_WAIT_CONTINUED;
	struct clone3_exit result;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	/* SIGTSTP does not stop an orphaned process group, which the test's own may be. */
	setpgid(child.pid, child.pid);
	kill(child.pid, SIGSTOP);
	changes_as(&child, CLONE3_WAIT_STOPPED, WUNTRACED, CLD_STOPPED, SIGSTOP, "a stop");
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_STOPPED | CLONE3_WAIT_NOHANG, NULL), 0,
	   "it was taken: not reported again");
	kill(child.pid, SIGCONT);
	changes_as(&child, CLONE3_WAIT_CONTINUED, WCONTINUED, CLD_CONTINUED, SIGCONT,
		   "a continuation");
	kill(child.pid, SIGTSTP);
	changes_as(&child, CLONE3_WAIT_STOPPED, WUNTRACED, CLD_STOPPED, SIGTSTP,
		   "a stop by another signal");
	kill(child.pid, SIGCONT);
	is(clone3_pidfd_wait(child.pidfd, both, &result), 1, "without NOWAIT");
	is(result.code, CLD_CONTINUED, "a continuation");
	is(clone3_pidfd_wait(child.pidfd, both | CLONE3_WAIT_NOHANG, &result), 0, "it was taken");

	kill(child.pid, SIGSTOP);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_STOPPED, NULL), 1, "the child is stopped");
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &result), 0, "a stop is not an end");
	ok(is_zeroed(&result), "and fills nothing");
	kill(child.pid, SIGKILL);
	is(clone3_pidfd_wait(child.pidfd, both, &result), 1, "the end is reported with any option");
	is(result.code, CLD_KILLED, "as a death");
	close(child.pidfd);
	nothing_left(&before, "stops and continuations");
	return done();
}
