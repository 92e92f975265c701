/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A traced child's stop is reported as CLD_TRAPPED, encoded as wait4 does. */
#include "wait_view.h"

#include <sys/ptrace.h>

static int stop_traced(void *unused)
{
	(void)unused;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 1;
	raise(SIGUSR1);
	return 0;
}

int main(void)
{
	struct clone3_exit result;
	struct wait_view view, after;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(stop_traced, NULL);

	view_take(&child, WEXITED | WSTOPPED, &view);
	if (view.code != CLD_TRAPPED) {
		child_end(&child);
		skip("wait_traced", "tracing is not allowed here");
		return done();
	}
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_STOPPED | CLONE3_WAIT_NOWAIT, &result), 1,
	   "the stop is reported");
	view_reap(&child, WUNTRACED, &after);
	is(result.code, CLD_TRAPPED, "code");
	is(result.status, SIGUSR1, "status");
	is(result.wait_status, after.wait_status, "wait status as wait4's");
	child_end(&child);
	nothing_left(&before, "a traced child");
	return done();
}
