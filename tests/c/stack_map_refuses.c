/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Impossible sizes are -EINVAL or -ENOMEM with an empty stack; nothing stays mapped. */
#include "task.h"

static void refused(size_t size, int error, const char *what)
{
	struct clone3_stack stack = { &stack, 12345 };
	struct state before, after;
	int result;

	state_take(&before);
	errno = 1234;
	result = clone3_stack_map(size, &stack);
	ok(errno == 1234, "%s: errno is untouched", what);
	is(result, error, what);
	ok(!stack.base && stack.size == 0, "%s: the stack is empty", what);
	state_take(&after);
	if (!SANITIZED)
		is(after.mapping_count, before.mapping_count, "no mapping more");
	nothing_left(&before, what);
}

int main(void)
{
	struct state warm;
	struct rlimit limit, small;

	state_take(&warm);
	refused(0, -EINVAL, "size 0");
	refused(SIZE_MAX, -ENOMEM, "the largest size");
	refused(SIZE_MAX - 4096, -ENOMEM, "a page less");
	refused(SIZE_MAX - 65536 * 2, -ENOMEM, "a few pages less");
	refused((size_t)1 << 63, -ENOMEM, "half the address space");
	refused((size_t)1 << 56, -ENOMEM, "all user space");
	refused(((size_t)1 << 63) - 1, -ENOMEM, "a byte below half");
	is(clone3_stack_map(4096, NULL), -EINVAL, "nowhere to store it");

	if (SANITIZED)
		return done();
	getrlimit(RLIMIT_AS, &limit);
	small = limit;
	small.rlim_cur = 64 << 20;
	setrlimit(RLIMIT_AS, &small);
	refused(128 << 20, -ENOMEM, "more than RLIMIT_AS");
	setrlimit(RLIMIT_AS, &limit);
	return done();
}
