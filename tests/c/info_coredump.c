/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What clone3_pidfd_get_info says of a core dump is what the kernel says of it. */
#include "core_dump.h"
#include "raw_info.h"

#define WANTED (CLONE3_INFO_EXIT | CLONE3_INFO_COREDUMP | CLONE3_INFO_COREDUMP_SIGNAL)

/* Three tests: the library's answer is the kernel's own, member by member. */
static void compare(int pidfd, const char *what)
{
	struct clone3_pidfd_info info = { .size = sizeof(info), .mask = WANTED };
	struct raw_info raw;

	is(clone3_pidfd_get_info(pidfd, &info), raw_info(pidfd, WANTED, &raw), what);
	is(info.mask & WANTED, raw.mask & WANTED, "the mask");
	ok(info.coredump_mask == (raw.mask & CLONE3_INFO_COREDUMP ? raw.coredump_mask : 0) &&
		   info.coredump_signal ==
			   (raw.mask & CLONE3_INFO_COREDUMP_SIGNAL ? raw.coredump_signal : 0),
	   "coredump mask %#x, signal %u", info.coredump_mask, info.coredump_signal);
}

int main(void)
{
	struct core_dump dump, none;
	struct raw_info raw;
	struct state before;
	siginfo_t end;

	state_take(&before);
	alarm(60);
	if (!core_dump_prepare(&dump)) {
		skip("info_coredump", "no directory to dump in");
		return done();
	}
	none = dump;
	none.limit = 0;

	struct child child = child_start(core_dump_abort, &dump);

	/* Linux 7.2 does not tell of it once the child is reaped, as 6.18 does. */
	waitid(P_PID, (id_t)child.pid, &end, WEXITED | WNOWAIT);
	if (raw_info(child.pidfd, WANTED, &raw) == 0 && raw.mask & CLONE3_INFO_COREDUMP) {
		compare(child.pidfd, "dumped core");
		child_reap(&child);
		compare(child.pidfd, "the same, reaped");
		close(child.pidfd);

		child = child_start(core_dump_abort, &none);
		child_reap(&child);
		compare(child.pidfd, "aborted without a core");
		close(child.pidfd);

		child = child_start(child_returns, NULL);
		child_reap(&child);
		compare(child.pidfd, "exited");
		close(child.pidfd);

		child = child_start(child_pauses, NULL);
		compare(child.pidfd, "alive");
		child_end(&child);
	} else {
		child_reap(&child);
		close(child.pidfd);
		skip("info_coredump", "the kernel is older than 6.16");
	}
	core_dump_remove(&dump);
	nothing_left(&before, "core dumps");
	return done();
}
