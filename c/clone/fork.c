/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that continues where the caller is. */
#include "clone.h"

/* With these the child would come back on another thread's memory or thread pointer. */
#define C3_NOT_FORK_LIKE (CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_SETTLS)

/*
 * glibc keeps a thread's id at the address that it gave the kernel as clear_child_tid, and a child
 * made past it would keep the parent's: let the kernel write there. musl's address is a lock, whose
 * value is no thread id, and is left alone. Neither flag changes what the caller can observe.
 */
void c3_repair_tid(struct c3_request *request)
{
	struct clone3_args *args = &request->args;
	int32_t *address = NULL;

	if (request->newer || args->flags & (CLONE3_CHILD_SETTID | CLONE3_CHILD_CLEARTID))
		return;
	if (c3_prctl(C3_PR_GET_TID_ADDRESS, c3_address(&address), 0) < 0 || !address)
		return;
	/* Compared by the kernel, which survives an address that is mapped no more. Moves nobody. */
	if (c3_syscall6(C3_NR_futex, c3_address(address), C3_FUTEX_CMP_REQUEUE_PRIVATE, 0, 0,
			c3_address(address), c3_syscall1(C3_NR_gettid, 0)) != 0)
		return;
	args->child_tid = (uintptr_t)address;
	args->flags |= CLONE3_CHILD_SETTID | CLONE3_CHILD_CLEARTID;
}

int clone3_fork(const struct clone3_args *args, size_t size)
{
	struct c3_request request;
	int error = c3_request_load(&request, args, size);

	if (error)
		return error;
	if (request.args.flags & C3_NOT_FORK_LIKE || request.args.stack || request.args.stack_size)
		return -EINVAL;
	c3_repair_tid(&request);
	return c3_create(&request, NULL, NULL);
}
