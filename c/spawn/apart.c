/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Children that are apart: under qemu-user and valgrind, which have no clone3, a clone that asks
 * for shared memory makes a fork. What such a child stores its parent sees only in memory mapped as
 * shared, and it may run beside its parent, though asked not to.
 */
#include "../clone/clone.h"
#include "../pidfd/pidfd.h"
#include "spawn.h"

enum { C3_UNKNOWN, C3_SHARES, C3_APART };

/* Two words for a child to store to: that its parent shares with it in any case, and perhaps. */
struct words {
	volatile int32_t *shared;
	volatile int32_t own;
};

static int mark(void *pointer)
{
	struct words *words = pointer;

	*words->shared = 1;
	words->own = 1;
	return 0;
}

/* By a child that lives for two stores. Nobody else can see it if its @exit_signal is 0. */
static int find_out_by_child(struct words *words, uint64_t exit_signal)
{
	void *stack = c3_stack_take();
	struct c3_request request = {
		.args = {
			.flags = CLONE3_VM | CLONE3_VFORK,
			.exit_signal = exit_signal,
			.stack = (uintptr_t)stack,
			.stack_size = C3_STACK_SIZE,
		},
		.size = CLONE3_ARGS_SIZE_VER0,
	};
	int pid = stack ? c3_create(&request, mark, words) : -ENOMEM;

	if (pid > 0)
		c3_wait(C3_P_PID, pid, C3__WALL, NULL, NULL);
	if (stack)
		c3_stack_put(stack);
	return pid;
}

/* qemu-user answers EINVAL to an exit signal other than SIGCHLD; but so may a filter. */
static int find_out(void)
{
	const uint64_t all_signals = ~0ULL;
	const long size = sizeof(int32_t);
	uint64_t mask = 0;
	struct words words = { 0 };
	int known = C3_UNKNOWN;
	long page = c3_syscall6(C3_NR_mmap, 0, size, C3_PROT_READ_WRITE,
				C3_MAP_SHARED | C3_MAP_ANONYMOUS, -1, 0);

	if (page < 0)
		return C3_UNKNOWN;
	words.shared = (int32_t *)page;
	if (c3_sigmask(C3_SIG_SETMASK, &all_signals, &mask) == 0) {
		if (find_out_by_child(&words, 0) == -EINVAL)
			find_out_by_child(&words, C3_SIGCHLD);
		c3_sigmask(C3_SIG_SETMASK, &mask, NULL);
	}
	if (words.own)
		known = C3_SHARES;
	else if (*words.shared)
		known = C3_APART;
	c3_syscall2(C3_NR_munmap, page, size);
	return known;
}

/* Kept once it is known, since it cannot change. Where there is clone3 it is a kernel's. */
int c3_is_apart(void)
{
	static int kept = C3_UNKNOWN;
	int known = __atomic_load_n(&kept, __ATOMIC_RELAXED);

	if (known == C3_UNKNOWN) {
		known = c3_syscall2(C3_NR_clone3, 0, 0) == -EINVAL ? C3_SHARES : find_out();
		__atomic_store_n(&kept, known, __ATOMIC_RELAXED);
	}
	return known == C3_APART;
}
