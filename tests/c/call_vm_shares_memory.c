/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With CLONE_VM the two run at once on the same memory; the stack is free once the child is. */
#include "task.h"

static volatile int turn;
static volatile int value;
static volatile int word;
static volatile int told_tid;
static int pidfd = -1;
static volatile int told_pidfd = -1;

static int answer(void *argument)
{
	(void)argument;
	told_pidfd = *(volatile int *)&pidfd;
	raw_wait_while(&turn, 0);
	value *= 2;
	raw_set(&turn, 2);
	return 11;
}

static int tell(void *argument)
{
	(void)argument;
	told_tid = word;
	return 12;
}

int main(void)
{
	struct clone3_args args = args_with(CLONE3_VM);
	struct clone3_stack stack = stack_for(&args, 16384);
	struct state before;
	int pid;

	state_take(&before);
	args.flags |= CLONE3_PIDFD;
	args.pidfd = address_of(&pidfd);
	pid = clone3_call(&args, sizeof(args), answer, NULL);
	is(proc_fdinfo_pid(pidfd), pid, "a pidfd of the child");
	is(waitpid(pid, NULL, __WALL | WNOHANG), 0, "it runs beside the caller");
	value = 21;
	raw_set(&turn, 1);
	raw_wait_while(&turn, 1);
	is(value, 42, "it changed the caller's variable");
	is(reap_code(pid), 11, "and ended");
	ok(pidfd >= 0 && told_pidfd == pidfd, "the pidfd was there when it ran");
	close(pidfd);

	/* The kernel stores the tid before the child runs, and clears it at the end. */
	args = args_with(CLONE3_VM | CLONE3_PARENT_SETTID | CLONE3_CHILD_CLEARTID);
	args.stack = address_of(stack.base);
	args.stack_size = stack.size;
	args.parent_tid = args.child_tid = address_of(&word);
	word = -7;
	pid = clone3_call(&args, sizeof(args), tell, NULL);
	raw_join(&word);
	is(word, 0, "its word is cleared");
	is(clone3_stack_unmap(&stack), 0, "the stack is unmapped before the wait");
	is(told_tid, pid, "the tid was there when it ran");
	is(reap_code(pid), 12, "it ended with its value");
	nothing_left(&before, "after the children");
	return done();
}
