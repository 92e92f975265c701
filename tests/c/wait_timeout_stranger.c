/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A process that is not the caller's child is -ECHILD at once, not after the time-out. */
#include "wait_view.h"

int main(void)
{
	static const unsigned int options[] = { 0, CLONE3_WAIT_STOPPED, CLONE3_WAIT_NOWAIT };
	struct clone3_exit result;
	struct state before;
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	state_take(&before);
	alarm(60);
	for (size_t i = 0; i < 3; i++) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		dirty(&result);
		is(clone3_pidfd_wait_timeout(self, options[i], 10000000000, &result), -ECHILD,
		   "a live process");
		ok(now_ns(CLOCK_MONOTONIC) - start < 5000000000, "it does not wait for it");
		ok(is_zeroed(&result), "the result is zeroed");
		is(clone3_pidfd_wait_timeout(self, options[i], -1, &result), -ECHILD,
		   "a live process, for ever");
		nothing_left(&before, "a live process");
	}
	return done();
}
