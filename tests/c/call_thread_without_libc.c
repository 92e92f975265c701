/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A thread that knows no libc runs, is joined by futex, and leaves; its stack is free again. */
#include "task.h"

#include <sched.h>

#define THREAD                                                                                     \
	(CLONE3_VM | CLONE3_FS | CLONE3_FILES | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_SYSVSEM |  \
	 CLONE3_PARENT_SETTID | CLONE3_CHILD_CLEARTID)

#define ROUNDS 50

static volatile int word;
static volatile int tid;
static volatile int tgid;
static volatile int opened;
static volatile int calls;

static int thread(void *argument)
{
	tid = raw_gettid();
	tgid = raw_getpid();
	opened = (int)raw6(SYS_dup, 2, 0, 0, 0, 0, 0);
	calls++;
	return *(int *)argument;
}

static int threads_left(void)
{
	return (int)proc_status(getpid(), getpid(), "Threads", 10);
}

int main(void)
{
	struct state before, after;
	int status = 9;
	int wrong = 0;
	int result;

	/* Mappings are compared, too: have stdio and malloc map theirs first. */
	state_take(&before);
	ok(threads_left() == 1, "one thread at first");
	state_take(&before);
	for (int round = 0; round < ROUNDS; round++) {
		struct clone3_args args = args_with(THREAD);
		struct clone3_stack stack = stack_for(&args, 16384);

		args.exit_signal = 0;
		args.parent_tid = args.child_tid = address_of(&word);
		result = clone3_call(&args, sizeof(args), thread, &status);
		if (result <= 0) {
			is(result, 1, "clone3_call");
			break;
		}
		raw_join(&word);
		wrong += clone3_stack_unmap(&stack) != 0;
		wrong += tid != result || tgid != getpid() || tid == tgid;
		wrong += close(opened) != 0;
		/* The word is cleared a little before the thread has left the process. */
		while (syscall(SYS_tgkill, getpid(), result, 0) == 0)
			sched_yield();
	}
	is(wrong, 0, "each was a thread of this process that shared its descriptors");
	is(calls, ROUNDS, "each ran once");
	ok(threads_left() == 1, "one thread at last");
	state_take(&after);
	if (!SANITIZED)
		is(after.mapping_count, before.mapping_count, "as many mappings as before");
	nothing_left(&before, "after the threads");
	return done();
}
