/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where a sandbox refuses clone3, the probe gives its errno and what clone(2) can do instead. */
#include "child.h"
#include "old_kernel.h"

struct shared {
	int error, filtered, answer, forked;
	struct clone3_support support;
};

static int probe(void *argument)
{
	struct shared *shared = argument;
	struct clone3_args args;

	shared->filtered = refuse(SYS_clone3, shared->error);
	memset(&shared->support, 0xa5, sizeof(shared->support));
	shared->support.size = sizeof(shared->support);
	shared->answer = clone3_probe(&shared->support);
	clone3_args_init(&args);

	int forked = clone3_fork(&args, sizeof(args));

	if (forked == 0)
		_exit(0);
	if (forked > 0)
		waitpid(forked, NULL, 0);
	shared->forked = forked;
	return 0;
}

int main(void)
{
	static const int errors[] = { ENOSYS, EPERM, EACCES };
	struct clone3_support here = { .size = sizeof(here) };
	struct state before;

	alarm(60);
	state_take(&before);
	is(clone3_probe(&here), 0, "probe without a filter");

	struct shared *shared = shared_memory(sizeof(*shared));

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		shared->error = errors[i];

		struct child child = child_start(probe, shared);

		is(child_reap(&child), 0, "the probing child ended well");
		close(child.pidfd);
		if (!shared->filtered) {
			skip("probe_filtered", "no seccomp here");
			break;
		}
		is(shared->answer, 0, strerror(errors[i]));
		is(shared->support.clone3_error, errors[i], "clone3_error, positive");
		is(shared->support.args_size, 0, "no struct is known");
		/* clone3_fork falls back for the first two alone. */
		if (errors[i] == EACCES) {
			is(shared->forked, -EACCES, "clone3_fork gives it back");
			is(shared->support.flags, 0, "so no flag can be honoured");
			is(shared->support.steps, 0, "and no step");
		} else {
			ok(shared->forked > 0, "clone3_fork works");
			is(shared->support.flags,
			   here.flags & 0xffffffff & ~(CLONE3_NEWTIME | CLONE3_DETACHED),
			   "the flags that clone(2) takes too");
			is(shared->support.steps,
			   here.steps & ~(CLONE3_STEP_CGROUP | CLONE3_STEP_SET_TID |
					  CLONE3_STEP_AUTO_REAP | CLONE3_STEP_KILL_ON_CLOSE |
					  CLONE3_STEP_TIME_OFFSETS),
			   "all steps but those that only clone3 takes");
		}
	}
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "probes in a sandbox");
	return done();
}
