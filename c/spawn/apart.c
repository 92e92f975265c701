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

static int mark(void *word)
{
	*(volatile int *)word = 1;
	return 0;
}

/* By a child that lives for one store, and that nobody else can see. */
static int find_out(void)
{
	const uint64_t all_signals = ~0ULL;
	uint64_t mask = 0;
	volatile int word = 0;
	void *stack = c3_stack_take();
	struct c3_request request = {
		.args = {
			.flags = CLONE3_VM | CLONE3_VFORK,
			.stack = (uintptr_t)stack,
			.stack_size = C3_STACK_SIZE,
		},
		.size = CLONE3_ARGS_SIZE_VER0,
	};
	int pid;

	if (!stack)
		return C3_UNKNOWN;
	c3_sigmask(C3_SIG_SETMASK, &all_signals, &mask);
	pid = c3_create(&request, mark, (void *)&word);
	if (pid > 0)
		c3_wait(C3_P_PID, pid, C3__WALL, NULL, NULL);
	c3_sigmask(C3_SIG_SETMASK, &mask, NULL);
	c3_stack_put(stack);
	if (pid == -EINVAL) /* an exit signal other than SIGCHLD: no kernel objects */
		return C3_APART;
	if (pid < 0)
		return C3_UNKNOWN;
	return word ? C3_SHARES : C3_APART;
}

/* Kept, since it cannot change. Where there is clone3 it is a kernel's. */
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
