/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A missing function, or under CLONE_VM a missing or unusable stack, is -EINVAL up front. */
#include "filter.h"

static char memory[8192] __attribute__((aligned(16)));

static int returns(void *argument)
{
	(void)argument;
	return 0;
}

static void refused(const struct clone3_args *args, size_t size, int (*fn)(void *), int error,
		    const char *what)
{
	struct state before;
	int result;

	state_take(&before);
	errno = 1234;
	result = clone3_call(args, size, fn, NULL);
	ok(errno == 1234, "%s: errno is untouched", what);
	is(result, error, what);
	nothing_left(&before, what);
}

static void stack(uint64_t base, uint64_t size, const char *what)
{
	struct clone3_args args = args_with(CLONE3_VM | CLONE3_VFORK);

	args.stack = base;
	args.stack_size = size;
	refused(&args, sizeof(args), returns, -EINVAL, what);
}

static void all(void)
{
	const uint64_t here = address_of(memory);
	const uint64_t kernel = 0xffff800000000000;
	struct clone3_args args = args_with(0);
	void *unreadable = mmap(NULL, 65536, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	refused(&args, sizeof(args), NULL, -EINVAL, "no function");
	refused(NULL, sizeof(args), returns, -EINVAL, "no arguments");
	refused(&args, 63, returns, -EINVAL, "a size below 64");
	refused(unreadable, SIZE_MAX, returns, -E2BIG, "a size above a page, unread");
	munmap(unreadable, 65536);
	args = args_with(CLONE3_VM);
	args.stack = here;
	args.stack_size = sizeof(memory);
	refused(&args, sizeof(args), NULL, -EINVAL, "no function but a stack");

	stack(0, 0, "no stack");
	stack(here, 0, "a stack's address alone");
	stack(0, 4096, "a stack's size alone");
	stack(here, 1, "1 byte");
	stack(here, 255, "255 bytes");
	stack(here + 1, 256 + 14, "fewer than 256 bytes below the aligned top");
	stack(kernel, 65536, "kernel space");
	stack(UINT64_MAX - 65535, 65536, "the end of the address space");
	stack(UINT64_MAX - 4095, 65536, "round the end of the address space");
	stack(here, UINT64_MAX - here + 1, "up to the end of the address space");
	stack(here, UINT64_MAX, "a size that wraps");
	stack(here, 1ULL << 63, "half the address space");
}

int main(void)
{
	struct clone3_args args = args_with(0);

	all();
	if (!filter_every_clone(EDOM, ERANGE)) {
		skip("call_bad_arguments/filtered", "no seccomp filters");
		return done();
	}
	is(clone3_call(&args, sizeof(args), returns, NULL), -EDOM,
	   "the filter answers what reaches the kernel");
	all();
	return done();
}
