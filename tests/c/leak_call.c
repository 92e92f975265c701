/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* After 10,000 clone3_call, each with its own stack, there is nothing more than before. */
#include "leak.h"

#define ROUNDS 10000

static volatile int ran; /* shared with the children */

/* No libc: a child with VM has the caller's thread pointer. */
static int count(void *step)
{
	ran += (int)(intptr_t)step;
	return 7;
}

/* Until the kernel has cleared the word and woken us: then the stack is nobody's. */
static void await_cleared(int *word)
{
	int tid;

	while ((tid = __atomic_load_n(word, __ATOMIC_SEQ_CST)) != 0)
		syscall(SYS_futex, word, 0 /* FUTEX_WAIT, not private */, tid, NULL, NULL, 0);
}

static bool run_thread(struct clone3_args *args)
{
	static int tid;

	args->flags = CLONE3_VM | CLONE3_FS | CLONE3_FILES | CLONE3_SIGHAND | CLONE3_THREAD |
		      CLONE3_SYSVSEM | CLONE3_PARENT_SETTID | CLONE3_CHILD_CLEARTID;
	args->parent_tid = (uintptr_t)&tid;
	args->child_tid = (uintptr_t)&tid;
	if (clone3_call(args, sizeof(*args), count, (void *)1) < 0)
		return false;
	await_cleared(&tid);
	return true;
}

static bool run_process(struct clone3_args *args, uint64_t flags)
{
	struct clone3_exit result;
	int pidfd = -1;

	args->flags = flags | CLONE3_PIDFD;
	args->pidfd = (uintptr_t)&pidfd;
	args->exit_signal = SIGCHLD;

	int pid = clone3_call(args, sizeof(*args), count, (void *)1);

	if (pid < 0)
		return false;

	bool right = clone3_pidfd_wait(pidfd, 0, &result) == 1 && result.wait_status == 7 << 8;

	close(pidfd);
	return right;
}

int main(void)
{
	struct leak leak;
	int right = 0;

	leak_begin(&leak);
	for (int i = 0; i < ROUNDS; i++) {
		struct clone3_args args = { 0 };
		struct clone3_stack stack;

		if (clone3_stack_map((size_t)(i % 4 + 1) * 16384, &stack) != 0)
			break;
		args.stack = (uintptr_t)stack.base;
		args.stack_size = stack.size;
		switch (i % 4) {
		case 0:
		case 1:
			right += run_process(&args, CLONE3_VM | CLONE3_VFORK);
			break;
		case 2:
			right += run_process(&args, CLONE3_VM | CLONE3_CLEAR_SIGHAND);
			break;
		default:
			right += run_thread(&args);
		}
		if (clone3_stack_unmap(&stack) != 0)
			break;
	}
	is(right, ROUNDS, "children ran and were waited for");
	is(ran, ROUNDS, "each ran its function once, on shared memory");
	leak_end(&leak, "10,000 calls");
	return done();
}
