/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* On a kernel with a smaller struct clone_args the probe tells its size, and no INTO_CGROUP. */
#include "child.h"
#include "old_kernel.h"

struct shared {
	uint32_t limit;
	int filtered, answer;
	struct clone3_support support;
};

static int probe(void *argument)
{
	struct shared *shared = argument;

	/* The size is the second argument. */
	shared->filtered = refuse_above(SYS_clone3, 1, shared->limit, E2BIG);
	memset(&shared->support, 0xa5, sizeof(shared->support));
	shared->support.size = sizeof(shared->support);
	shared->answer = clone3_probe(&shared->support);
	return 0;
}

int main(void)
{
	static const uint32_t sizes[] = { 88, 80, 64 }; /* Linux 5.7, 5.5, 5.3 */
	struct clone3_support here = { .size = sizeof(here) };
	struct state before;

	alarm(60);
	state_take(&before);
	is(clone3_probe(&here), 0, "probe of this kernel");

	struct shared *shared = shared_memory(sizeof(*shared));

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i] > here.args_size)
			continue;
		shared->limit = sizes[i];

		struct child child = child_start(probe, shared);

		is(child_reap(&child), 0, "the probing child ended well");
		close(child.pidfd);
		if (!shared->filtered) {
			skip("probe_old_kernel", "no seccomp here");
			break;
		}
		is(shared->answer, 0, "probe");
		is(shared->support.clone3_error, 0, "clone3 is there");
		is(shared->support.args_size, sizes[i], "the size of its struct");
		is(shared->support.flags,
		   sizes[i] == 88 ? here.flags : here.flags & ~CLONE3_INTO_CGROUP,
		   "the flags that it can carry");
	}
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "probes of old kernels");
	return done();
}
