/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_VM with CLONE_VFORK: the caller goes on when the child has ended. */
#include "task.h"

static volatile int value;

static int slow(void *argument)
{
	struct timespec time = { 0, 50000000 };

	(void)argument;
	raw6(SYS_nanosleep, raw_address(&time), 0, 0, 0, 0, 0);
	value = 1;
	return 2;
}

int main(void)
{
	struct clone3_args args = args_with(CLONE3_VM | CLONE3_VFORK);
	struct clone3_stack stack = stack_for(&args, 16384);
	struct state before;
	int pid;

	state_take(&before);
	pid = clone3_call(&args, sizeof(args), slow, NULL);
	is(value, 1, "the child's last store is there");
	is(reap_code(pid), 2, "the child has ended");
	clone3_stack_unmap(&stack);
	nothing_left(&before, "after the child");
	return done();
}
