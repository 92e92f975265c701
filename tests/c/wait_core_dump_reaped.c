/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A core dump is told from a plain death after a reaping elsewhere, too. */
#include "core_dump.h"
#include "raw_info.h"
#include "wait_view.h"

int main(void)
{
	struct core_dump dump;
	struct state before;

	state_take(&before);
	alarm(60);
	if (!core_dump_prepare(&dump)) {
		skip("wait_core_dump_reaped", "no directory to dump in");
		return done();
	}

	struct child child = child_start(core_dump_abort, &dump);
	int status = child_reap(&child);
	struct clone3_exit result;

	if (WCOREDUMP(status) && knows_exit_info()) {
		is(clone3_pidfd_wait(child.pidfd, 0, &result), 1, "after the reaping");
		is(result.code, CLD_DUMPED, "code");
		is(result.status, SIGABRT, "status");
		is(result.wait_status, status, "wait status");
	} else {
		skip("wait_core_dump_reaped", "no core dump here, or a kernel before 6.15");
	}
	close(child.pidfd);
	core_dump_remove(&dump);
	nothing_left(&before, "a core dump, reaped elsewhere");
	return done();
}
