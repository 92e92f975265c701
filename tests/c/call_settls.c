/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_SETTLS: the child's thread pointer is args.tls. */
#include "task.h"

static uint64_t block[64] __attribute__((aligned(64)));
static volatile uint64_t seen;

static inline uint64_t thread_pointer(void)
{
	uint64_t value;

#if defined(__x86_64__)
	__asm__ volatile("movq %%fs:0, %0" : "=r"(value)); /* which holds its own address */
#elif defined(__aarch64__)
	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
#elif defined(__riscv)
	__asm__ volatile("mv %0, tp" : "=r"(value));
#endif
	return value;
}

__attribute__((noinline)) static int look(void *argument)
{
	(void)argument;
	seen = thread_pointer();
	return 3;
}

int main(void)
{
	struct clone3_args args = args_with(CLONE3_VM | CLONE3_VFORK | CLONE3_SETTLS);
	struct clone3_stack stack = stack_for(&args, 16384);
	uint64_t here = thread_pointer();
	struct state before;
	int pid;

	state_take(&before);
	block[0] = args.tls = address_of(block);
	pid = clone3_call(&args, sizeof(args), look, NULL);
	is(reap_code(pid), 3, "the child ran");
	ok(seen == address_of(block), "its thread pointer is the one given");
	ok(thread_pointer() == here, "the caller's is as before");

	args.flags &= ~CLONE3_SETTLS;
	args.tls = UINT64_MAX;
	pid = clone3_call(&args, sizeof(args), look, NULL);
	is(reap_code(pid), 3, "without the flag tls does not count");
	ok(seen == here, "the thread pointer is the caller's");
#if defined(__x86_64__)
	args.flags |= CLONE3_SETTLS;
	is(clone3_call(&args, sizeof(args), look, NULL), -EPERM, "outside user space: -EPERM");
	nothing_left(&before, "a thread pointer outside user space");
#endif
	clone3_stack_unmap(&stack);
	nothing_left(&before, "after the children");
	return done();
}
