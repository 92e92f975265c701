/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_wait reports an exit status, and reaps the child. */
#include "wait_view.h"

int main(void)
{
	static const int statuses[] = { 0, 7, 255 };
	struct state before;
	struct clone3_exit result;

	state_take(&before);
	alarm(60);
	for (size_t i = 0; i < 3; i++) {
		void *status = (void *)(intptr_t)statuses[i];
		struct child child = child_start(child_returns, status);

		ends_as(&child, CLD_EXITED, statuses[i], "as wait4 reports it");

		child = child_start(child_returns, status);
		dirty(&result);
		is(clone3_pidfd_wait(child.pidfd, 0, &result), 1, "it blocks until the end");
		is(result.pid, child.pid, "pid");
		is(result.code, CLD_EXITED, "code");
		is(result.status, statuses[i], "status");
		is(result.wait_status, statuses[i] << 8, "wait status");
		close(child.pidfd);
		nothing_left(&before, "a child that exited");
	}

	struct child child = child_start(child_returns, NULL);

	is(clone3_pidfd_wait(child.pidfd, 0, NULL), 1, "no result is asked for");
	close(child.pidfd);
	nothing_left(&before, "no result is asked for");
	return done();
}
