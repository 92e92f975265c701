/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How a process ended stays readable after the reaping, by a pidfd that was kept open. */
#include "child.h"
#include "raw_info.h"

static int ask(int pidfd, uint64_t mask, struct clone3_pidfd_info *info)
{
	memset(info, 0xa5, sizeof(*info));
	info->size = sizeof(*info);
	info->mask = mask;
	return clone3_pidfd_get_info(pidfd, info);
}

static bool is_empty(const struct clone3_pidfd_info *info)
{
	struct clone3_pidfd_info empty = { .size = sizeof(empty) };

	return memcmp(info, &empty, sizeof(empty)) == 0;
}

int main(void)
{
	const uint64_t all = CLONE3_INFO_PID | CLONE3_INFO_CREDS | CLONE3_INFO_CGROUPID |
			     CLONE3_INFO_EXIT;
	struct clone3_pidfd_info info;
	struct raw_info raw;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_returns, (void *)42);

	if (raw_info(child.pidfd, CLONE3_INFO_PID, &raw) != 0) {
		child_end(&child);
		skip("info_exit", "the kernel is older than 6.13");
		return done();
	}
	child_await_end(&child);
	is(ask(child.pidfd, all, &info), 0, "a zombie");
	is(info.pid, child.pid, "still has its pid");
	is(info.mask & CLONE3_INFO_EXIT, 0, "and tells no end yet");
	is(info.wait_status, 0, "nor a status");

	child_reap(&child);
	is(ask(child.pidfd, CLONE3_INFO_PID, &info), -ESRCH, "reaped, and the end is not wanted");
	ok(is_empty(&info), "nothing is filled");

	bool knows = raw_info(child.pidfd, all, &raw) == 0 && raw.mask & CLONE3_INFO_EXIT;

	if (knows) {
		is(ask(child.pidfd, all, &info), 0, "reaped");
		is(info.mask & CLONE3_INFO_EXIT, CLONE3_INFO_EXIT, "the end is filled");
		is(info.wait_status, 42 << 8, "it says exit status 42");
		is(info.mask, raw.mask, "the mask is the kernel's");
		ok(info.mask & CLONE3_INFO_PID ||
			   (info.pid == 0 && info.tgid == 0 && info.ppid == 0),
		   "its pid is gone");
	} else {
		is(ask(child.pidfd, all, &info), -ESRCH, "reaped, before 6.15");
		ok(is_empty(&info), "nothing is filled");
		skip("info_exit", "the kernel is older than 6.15");
	}
	close(child.pidfd);
	nothing_left(&before, "an exit status");

	child = child_start(child_pauses, NULL);
	kill(child.pid, SIGTERM);
	child_reap(&child);
	if (knows) {
		is(ask(child.pidfd, CLONE3_INFO_EXIT, &info), 0, "killed and reaped");
		is(info.wait_status, SIGTERM, "it says SIGTERM");
	}
	close(child.pidfd);
	nothing_left(&before, "a death by signal");
	return done();
}
