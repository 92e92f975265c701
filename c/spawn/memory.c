/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory for one spawn: stacks, and above the child's what it reads. Kept for the next. */
#include "spawn.h"

/* Two for each of the threads that often spawn at once; a slot is 0 while its stack is in use. */
#define C3_KEPT 16

static uintptr_t kept[C3_KEPT];

void *c3_stack_take(void)
{
	struct clone3_stack stack;
	uintptr_t base;

	for (int i = 0; i < C3_KEPT; i++)
		if (__atomic_load_n(&kept[i], __ATOMIC_RELAXED)) {
			base = __atomic_exchange_n(&kept[i], 0, __ATOMIC_ACQUIRE);
			if (base)
				return (void *)base;
		}
	return clone3_stack_map(C3_STACK_SIZE, &stack) < 0 ? NULL : stack.base;
}

void c3_stack_put(void *base)
{
	struct clone3_stack unused = { base, C3_STACK_SIZE };

	for (int i = 0; i < C3_KEPT; i++) {
		uintptr_t empty = 0;

		if (__atomic_compare_exchange_n(&kept[i], &empty, (uintptr_t)base, 0,
						__ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	}
	clone3_stack_unmap(&unused);
}

/* The work lies at the top of the mapping, so that the child's stack ends below it. */
struct c3_work *c3_work_take(size_t scratch, int is_apart)
{
	size_t above = (sizeof(struct c3_work) + scratch + 63) & ~(size_t)63;
	struct clone3_stack stack = { NULL, C3_STACK_SIZE };
	struct c3_work *work;

	if (above > C3_STACK_SIZE / 2)
		stack.size += above;
	if (is_apart) {
		long page = c3_syscall6(C3_NR_mmap, 0, (long)stack.size, C3_PROT_READ_WRITE,
					C3_MAP_SHARED | C3_MAP_ANONYMOUS, -1, 0);

		stack.base = page < 0 ? NULL : (void *)page;
	} else if (stack.size == C3_STACK_SIZE) {
		stack.base = c3_stack_take();
	} else if (clone3_stack_map(stack.size, &stack) < 0) {
		stack.base = NULL;
	}
	if (!stack.base)
		return NULL;
	work = (struct c3_work *)((char *)stack.base + stack.size - above);
	*work = (struct c3_work){ .stack = stack, .is_apart = is_apart };
	return work;
}

void c3_work_put(struct c3_work *work)
{
	struct clone3_stack stack = work->stack;

	if (work->is_apart)
		c3_syscall2(C3_NR_munmap, c3_address(stack.base), (long)stack.size);
	else if (stack.size == C3_STACK_SIZE)
		c3_stack_put(stack.base);
	else
		clone3_stack_unmap(&stack);
}
