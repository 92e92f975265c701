/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory for one spawn: the child's stack, and above it what the child reads. Kept for the next. */
#include "spawn.h"

#define C3_CHILD_STACK (64 * 1024UL)

/* As many as threads that often spawn at once; a slot is 0 while its stack is in use. */
#define C3_KEPT 8

static uintptr_t kept[C3_KEPT];

/* @stack is the whole mapping; the work lies at its top, so that the child's stack ends below. */
struct c3_work *c3_work_take(size_t scratch, struct clone3_stack *stack)
{
	size_t above = (sizeof(struct c3_work) + scratch + 63) & ~(size_t)63;

	stack->size = C3_CHILD_STACK;
	if (above > C3_CHILD_STACK / 2)
		stack->size += above;
	stack->base = NULL;
	for (int i = 0; i < C3_KEPT && stack->size == C3_CHILD_STACK && !stack->base; i++)
		if (__atomic_load_n(&kept[i], __ATOMIC_RELAXED))
			stack->base = (void *)__atomic_exchange_n(&kept[i], 0, __ATOMIC_ACQUIRE);
	if (!stack->base && clone3_stack_map(stack->size, stack) < 0)
		return NULL;
	return (struct c3_work *)((char *)stack->base + stack->size - above);
}

void c3_work_put(const struct clone3_stack *stack)
{
	struct clone3_stack unused = *stack;

	for (int i = 0; i < C3_KEPT && stack->size == C3_CHILD_STACK; i++) {
		uintptr_t empty = 0;

		if (__atomic_compare_exchange_n(&kept[i], &empty, (uintptr_t)stack->base, 0,
						__ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return;
	}
	clone3_stack_unmap(&unused);
}
