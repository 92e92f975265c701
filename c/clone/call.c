/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that runs a function on its own stack. */
#include "clone.h"

#define C3_SMALLEST_STACK 256

/* The kernel refuses no missing stack under VM: the child would run on the caller's. */
static int stack_is_usable(const struct clone3_args *args)
{
	uint64_t top = (args->stack + args->stack_size) & ~15ULL;

	return args->stack && args->stack_size < C3_USER_END && args->stack < C3_USER_END &&
	       top < C3_USER_END && top >= args->stack + C3_SMALLEST_STACK;
}

int clone3_call(const struct clone3_args *args, size_t size, int (*fn)(void *), void *arg)
{
	const uint64_t all = ~0ULL;
	struct c3_request request;
	uint64_t mask = 0;
	uint64_t flags;
	int result = c3_request_load(&request, args, size);

	if (result)
		return result;
	flags = request.args.flags;
	if (!fn || (flags & CLONE3_VM && !stack_is_usable(&request.args)))
		return -EINVAL;
	if (!(flags & CLONE3_VM)) {
		c3_repair_tid(&request);
		return c3_create(&request, fn, arg);
	}
	if (flags & (CLONE3_THREAD | CLONE3_CLEAR_SIGHAND))
		return c3_create(&request, fn, arg);

	/* The child has no handler of its own and the caller's thread pointer: it keeps this mask. */
	result = c3_sigmask(C3_SIG_SETMASK, &all, &mask);
	if (result) /* a filter's */
		return result;
	result = c3_create(&request, fn, arg);
	c3_sigmask(C3_SIG_SETMASK, &mask, NULL);
	return result;
}
