/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The one door to the kernel through which every task is created: clone3, or clone(2) for it. */
#include "clone.h"

long c3_start_clone3(const void *args, size_t size, int (*fn)(void *), void *arg);
long c3_start_clone(int (*fn)(void *), void *arg, uint64_t flags, uint64_t top, uint64_t parent_tid,
		    uint64_t child_tid, uint64_t tls);

/* What clone(2) cannot say: the bits above its int, and NEWTIME, which is in its signal's byte. */
#define C3_LOST_FLAGS (~0xffffffffULL | CLONE3_NEWTIME)

/*
 * ENOSYS speaks for itself. EPERM may be the answer to this request alone, or a filter's to every
 * clone3: an empty one, for which the kernel itself has only EINVAL, tells. Not remembered, since a
 * filter may come later.
 */
static int clone3_is_missing(long result)
{
	if (result == -EPERM)
		return c3_syscall2(C3_NR_clone3, 0, 0) == -EPERM;
	return result == -ENOSYS;
}

/* Where user space ends only the kernel knows. It stores the signal mask, which changes nothing. */
static int can_store_below(uint64_t top)
{
	return c3_sigmask(C3_SIG_BLOCK, NULL, (uint64_t *)(uintptr_t)(top - sizeof(uint64_t))) == 0;
}

/*
 * clone(2) also accepts what clone3 refuses (signals above 64, DETACHED, stacks anywhere), hence the
 * rules first. It returns the pidfd through parent_tid: without VM the thread id, which no child
 * could see, is then stored here.
 */
static int create_by_clone(const struct c3_request *request, int missing, int (*fn)(void *),
			   void *arg)
{
	const struct clone3_args *args = &request->args;
	uint64_t flags = args->flags;
	uint64_t parent_tid = args->parent_tid;
	uint64_t top;
	int store_tid = 0;
	long result;

	if (*c3_broken_rule(args, request->size))
		return -EINVAL;
	if (flags & C3_LOST_FLAGS || args->set_tid)
		return missing;
	if (flags & CLONE3_PIDFD) {
		store_tid = (flags & CLONE3_PARENT_SETTID) != 0;
		if (store_tid && flags & CLONE3_VM)
			return missing;
		flags &= ~CLONE3_PARENT_SETTID;
		parent_tid = args->pidfd;
	}
	flags |= args->exit_signal;
	top = args->stack ? args->stack + args->stack_size : 0;
	if (flags & CLONE3_VM && !can_store_below(top))
		return -EINVAL;
	if (fn)
		result = c3_start_clone(fn, arg, flags, top, parent_tid, args->child_tid,
					args->tls);
	else
		result = c3_clone(flags, 0, parent_tid, args->child_tid, args->tls);
	if (store_tid && result > 0)
		*(int32_t *)(uintptr_t)args->parent_tid = (int32_t)result;
	return (int)result;
}

int c3_create(struct c3_request *request, int (*fn)(void *), void *arg)
{
	const struct clone3_args *args = request->newer ? request->newer : &request->args;
	long result;

	if (fn)
		result = c3_start_clone3(args, request->size, fn, arg);
	else
		result = c3_syscall2(C3_NR_clone3, c3_address(args), (long)request->size);
	if (result < 0 && !request->newer && clone3_is_missing(result))
		return create_by_clone(request, (int)result, fn, arg);
	return (int)result;
}
