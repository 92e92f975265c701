/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A zombie that its tracer still holds is waited for without spinning. */
#include "wait_view.h"

#include <sys/ptrace.h>

struct shared {
	pid_t target;
	int traced, refused, let_go;
};

/* Trace it, and take its end only when told to: until then its parent cannot. */
static int hold(void *argument)
{
	struct shared *shared = argument;

	if (ptrace(PTRACE_SEIZE, shared->target, NULL, NULL) != 0)
		announce(&shared->refused);
	announce(&shared->traced);
	await(&shared->let_go);
	waitpid(shared->target, NULL, __WALL);
	return 0;
}

int main(void)
{
	struct clone3_exit result;
	struct state before;

	state_take(&before);
	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));
	struct child child = child_start(child_pauses, NULL);

	shared->target = child.pid;

	struct child tracer = child_start(hold, shared);

	await(&shared->traced);
	if (shared->refused) {
		announce(&shared->let_go);
		child_end(&child);
		child_end(&tracer);
		skip("wait_timeout_traced", "tracing is not allowed here");
		return done();
	}
	kill(child.pid, SIGKILL);

	/* The pidfd is readable from its end on: a loop on poll alone would burn the whole time. */
	uint64_t start = now_ns(CLOCK_MONOTONIC), used = now_ns(CLOCK_PROCESS_CPUTIME_ID);

	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 400000000, &result), -ETIMEDOUT,
	   "a zombie that a tracer holds");
	used = now_ns(CLOCK_PROCESS_CPUTIME_ID) - used;
	ok(now_ns(CLOCK_MONOTONIC) - start >= 400000000, "the time elapsed");
	ok(used < 100000000, "%llu ns of CPU time used in it", (unsigned long long)used);

	announce(&shared->let_go);
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 20000000000, &result), 1,
	   "it is reported when the tracer lets it go");
	is(result.wait_status, SIGKILL, "with its signal");
	close(child.pidfd);
	is(child_reap(&tracer), 0, "the tracer ended");
	close(tracer.pidfd);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "a zombie that a tracer holds");
	return done();
}
