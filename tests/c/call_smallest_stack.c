/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* 256 bytes below a top that is aligned down to 16 are enough; the function starts aligned. */
#include "task.h"

#define BASE 4096

static char memory[8192] __attribute__((aligned(16)));

static volatile uint64_t seen_local;
static volatile uint64_t seen_frame;

/* Small, with all it needs in registers: it must fit. */
__attribute__((noinline)) static int look(void *argument)
{
	volatile char local __attribute__((aligned(16)));

	(void)argument;
	local = 0;
	seen_local = address_of(&local);
	seen_frame = address_of(__builtin_frame_address(0));
	return 3 + local;
}

static void try(uint64_t base, uint64_t size)
{
	struct clone3_args args = args_with(CLONE3_VM | CLONE3_VFORK);
	const uint64_t top = (base + size) & ~15ULL;
	char what[64];
	int result;

	snprintf(what, sizeof(what), "base %+d, size %d", (int)(base - address_of(memory) - BASE),
		 (int)size);
	seen_local = seen_frame = 0;
	args.stack = base;
	args.stack_size = size;
	result = clone3_call(&args, sizeof(args), look, NULL);
	ok(reap_code(result) == 3, "%s: the function ran", what);
	if (result < 0)
		printf("# clone3_call: %d\n", result);
	ok(seen_local % 16 == 0, "%s: an aligned variable is aligned", what);
	ok(seen_local >= base && seen_local < top, "%s: on the stack given", what);
	ok(seen_frame % 16 == 0 && seen_frame <= top && seen_frame > top - 256,
	   "%s: its frame is next to the top, aligned", what);
}

int main(void)
{
	const uint64_t base = address_of(memory) + BASE;
	struct state before;

	state_take(&before);
	try(base, 256);
	for (uint64_t size = 271; size <= 289; size++)
		try(base, size);
	for (uint64_t step = 1; step < 16; step++)
		try(base + step, 272);
	try(base + 1, 256 + 15);
	nothing_left(&before, "after the children");
	return done();
}
