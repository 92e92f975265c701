/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A stack outside user space is refused by clone(2)'s way as by clone3, wherever user space ends. */
#include "filter.h"

static int unused_function(void *unused)
{
	(void)unused;
	return 0;
}

int main(void)
{
	static const uint64_t bases[] = { 1ULL << 46, 1ULL << 47, 1ULL << 50,      1ULL << 55,
					  1ULL << 56, 1ULL << 63, (uint64_t)-65536 };
	struct state before;

	alarm(60);
	state_take(&before);
	if (!filter_clone3(ENOSYS)) {
		skip("filter_stack_outside_user_space", "no seccomp here");
		return done();
	}
	/* The first lies within user space on some machines, but nothing is mapped there. */
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct clone3_args args;

		clone3_args_init(&args);
		args.flags = CLONE3_VM;
		args.stack = bases[i];
		args.stack_size = 16384;
		is(clone3_call(&args, sizeof(args), unused_function, NULL), -EINVAL, "refused");
	}
	nothing_left(&before, "stacks outside user space");
	return done();
}
