/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Stacks with a guard page below them. */
#include "clone.h"

int clone3_stack_map(size_t size, struct clone3_stack *stack)
{
	size_t page = c3_page_size();
	long base;
	long error;

	if (!stack)
		return -EINVAL;
	*stack = (struct clone3_stack){ 0 };
	if (size == 0)
		return -EINVAL;
	if (size > C3_USER_END)
		return -ENOMEM;
	size = (size + page - 1) & ~(page - 1);
	base = c3_syscall6(C3_NR_mmap, 0, (long)(page + size), C3_PROT_READ_WRITE,
			   C3_MAP_PRIVATE | C3_MAP_ANONYMOUS | C3_MAP_STACK, -1, 0);
	if (base < 0)
		return (int)base;
	error = c3_syscall3(C3_NR_mprotect, base, (long)page, C3_PROT_NONE);
	if (error < 0) {
		c3_syscall2(C3_NR_munmap, base, (long)(page + size));
		return (int)error;
	}
	stack->base = (void *)((uintptr_t)base + page);
	stack->size = size;
	return 0;
}

int clone3_stack_unmap(struct clone3_stack *stack)
{
	size_t page = c3_page_size();
	uintptr_t base;

	if (!stack)
		return -EINVAL;
	base = (uintptr_t)stack->base;
	if (base || stack->size) {
		/* munmap(2) itself would take any page-aligned range, and unmap a part. */
		if (base < page || base % page || stack->size == 0 || stack->size % page)
			return -EINVAL;
		long error = c3_syscall2(C3_NR_munmap, (long)(base - page),
					 (long)(stack->size + page));
		if (error < 0)
			return (int)error;
	}
	*stack = (struct clone3_stack){ 0 };
	return 0;
}
