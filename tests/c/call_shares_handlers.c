/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With CLONE_SIGHAND the child's change of a handler is the caller's; without it, not. */
#include "task.h"

/* The kernel's struct sigaction, zeroed: SIG_DFL. With 1 in its first word, SIG_IGN. */
static unsigned long action[8];

static int ignore(void *argument)
{
	(void)argument;
	return raw6(SYS_rt_sigaction, SIGUSR1, raw_address(action), 0, 8, 0, 0) == 0 ? 0 : 1;
}

static int child(uint64_t flags)
{
	struct clone3_args args = args_with(flags);
	struct clone3_stack stack = stack_for(&args, 16384);
	int code = reap_code(clone3_call(&args, sizeof(args), ignore, NULL));

	clone3_stack_unmap(&stack);
	return code;
}

static bool is_ignored(void)
{
	struct sigaction now;

	sigaction(SIGUSR1, NULL, &now);
	return now.sa_handler == SIG_IGN;
}

int main(void)
{
	struct state before;

	action[0] = 1;
	state_take(&before);
	is(child(CLONE3_VM), 0, "a child ignores a signal");
	ok(!is_ignored(), "the caller does not");
	is(child(CLONE3_VM | CLONE3_SIGHAND), 0, "a child with CLONE_SIGHAND ignores it");
	ok(is_ignored(), "and so does the caller");
	nothing_left(&before, "after the children");
	return done();
}
