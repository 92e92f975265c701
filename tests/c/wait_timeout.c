/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_wait_timeout: 0 looks once, a time elapses, no time is too long. */
#include "wait_view.h"

#include <limits.h>

static int exit_soon(void *unused)
{
	(void)unused;
	sleep_ms(20);
	return 5;
}

int main(void)
{
	static const int64_t elapsing[] = { 0, 1, 999, 999999, 1500000, 20000000, 60000000 };
	static const int64_t longer[] = {
		10000000000,
		0x7fffffffLL * 1000000,
		0x80000000LL * 1000000,
		0x100000000LL * 1000000,
		0x7fffffffLL * 1000000000,
		INT64_MAX - 1,
		INT64_MAX,
		-1,
		-1000000,
		INT64_MIN,
	};
	struct clone3_exit result;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	for (size_t i = 0; i < sizeof(elapsing) / sizeof(elapsing[0]); i++) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		dirty(&result);

		int answer = clone3_pidfd_wait_timeout(child.pidfd, 0, elapsing[i], &result);
		uint64_t elapsed = now_ns(CLOCK_MONOTONIC) - start;

		ok(answer == -ETIMEDOUT && is_zeroed(&result) &&
			   between((uint64_t)elapsing[i], elapsed,
				   (uint64_t)elapsing[i] + 2000000000),
		   "%lld ns: answer %d after %llu ns", (long long)elapsing[i], answer,
		   (unsigned long long)elapsed);
	}
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 1, NULL), -ETIMEDOUT, "no result asked for");
	is(waitpid(child.pid, NULL, WNOHANG), 0, "the child is untouched");

	kill(child.pid, SIGKILL);
	child_await_end(&child);
	dirty(&result);
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_NOWAIT, 0, &result), 1,
	   "0 ns finds a zombie; NOWAIT");
	is(result.wait_status, SIGKILL, "with its signal");
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 0, &result), 1, "0 ns finds a zombie");
	close(child.pidfd);
	nothing_left(&before, "time-outs that elapse");

	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		child = child_start(exit_soon, NULL);
		dirty(&result);

		int answer = clone3_pidfd_wait_timeout(child.pidfd, 0, longer[i], &result);

		ok(answer == 1 && result.pid == child.pid && result.wait_status == 5 << 8,
		   "%lld ns: answer %d at the child's end", (long long)longer[i], answer);
		close(child.pidfd);
		nothing_left(&before, "a time-out that does not elapse");
	}
	return done();
}
