/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Unmapping takes back exactly what was mapped; an empty stack is fine, nonsense is -EINVAL. */
#include "task.h"

static void refused(struct clone3_stack stack, const char *what)
{
	struct clone3_stack copy = stack;

	is(clone3_stack_unmap(&copy), -EINVAL, what);
	ok(copy.base == stack.base && copy.size == stack.size, "%s: it is as before", what);
}

int main(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct clone3_stack stack = { 0 };
	struct state before, after;

	state_take(&before);
	state_take(&before);
	is(clone3_stack_unmap(&stack), 0, "an empty stack");
	is(clone3_stack_unmap(NULL), -EINVAL, "no stack");

	is(clone3_stack_map(3 * page, &stack), 0, "a stack of three pages");
	refused((struct clone3_stack){ (char *)stack.base + 1, stack.size }, "an odd address");
	refused((struct clone3_stack){ stack.base, stack.size - 1 }, "an odd size");
	refused((struct clone3_stack){ stack.base, 0 }, "a base alone");
	refused((struct clone3_stack){ NULL, stack.size }, "a size alone");
	refused((struct clone3_stack){ stack.base, SIZE_MAX - page + 1 }, "a size that wraps");
	memset(stack.base, 1, stack.size);
	ok(((char *)stack.base)[3 * page - 1] == 1, "it is still all there");
	is(clone3_stack_unmap(&stack), 0, "the stack itself");
	is(clone3_stack_unmap(&stack), 0, "once more, when it is empty");
	state_take(&after);
	if (!SANITIZED)
		is(after.mapping_count, before.mapping_count, "as many mappings as before");
	nothing_left(&before, "after the stacks");
	return done();
}
