/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_wait tells a core dump from a death without one, as WCOREDUMP does. */
#include "core_dump.h"
#include "wait_view.h"

int main(void)
{
	struct core_dump dump, none;
	struct state before;

	state_take(&before);
	alarm(60);
	if (!core_dump_prepare(&dump)) {
		skip("wait_core_dump", "no directory to dump in");
		return done();
	}
	none = dump;
	none.limit = 0;

	struct child child = child_start(core_dump_abort, &none);
	struct wait_view view;

	view_take(&child, WEXITED, &view);
	ends_as(&child, view.code, SIGABRT, "SIGABRT with a core limit of 0, as wait4 reports it");
	nothing_left(&before, "core limit 0");

	child = child_start(core_dump_abort, &dump);
	view_take(&child, WEXITED, &view);
	if (view.code == CLD_DUMPED) {
		struct clone3_exit result;

		is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOWAIT, &result), 1,
		   "with a core dump");
		ok(WIFSIGNALED(result.wait_status) && WTERMSIG(result.wait_status) == SIGABRT &&
			   WCOREDUMP(result.wait_status),
		   "wait status %#x says so", result.wait_status);
		ends_as(&child, CLD_DUMPED, SIGABRT, "as wait4 reports it");
	} else {
		child_end(&child);
		skip("wait_core_dump",
		     "the kernel dumps no core here (hard limit or core_pattern)");
	}
	nothing_left(&before, "core dump");
	core_dump_remove(&dump);
	return done();
}
