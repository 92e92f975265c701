/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Without CLONE_VM the function sees a copy of memory, with the local variables of the caller. */
#include "task.h"

static int global = 1;

struct arguments {
	int *local;
	int *shared;
};

static int change(void *argument)
{
	struct arguments *arguments = argument;
	int seen = *arguments->local == 2 && global == 1;

	*arguments->local = global = 77;
	*arguments->shared = 88;
	return seen ? 5 : 6;
}

static void try(bool stack, const char *what)
{
	struct clone3_args args = args_with(0);
	int *shared = shared_memory(sizeof(*shared));
	volatile int local = 2;
	struct arguments arguments = { (int *)(uintptr_t)&local, shared };
	struct clone3_stack mapped = { 0 };

	if (stack)
		mapped = stack_for(&args, 65536);
	ok(reap_code(clone3_call(&args, sizeof(args), change, &arguments)) == 5,
	   "%s: it found the caller's values", what);
	ok(local == 2 && global == 1, "%s: and changed its own", what);
	ok(*shared == 88, "%s: but for a shared mapping", what);
	clone3_stack_unmap(&mapped);
	munmap(shared, sizeof(*shared));
}

int main(void)
{
	struct state before;

	state_take(&before);
	try(false, "the caller's stack");
	try(true, "a stack of its own");
	nothing_left(&before, "after the children");
	return done();
}
