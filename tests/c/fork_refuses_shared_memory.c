/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What would bring the child back on foreign memory is -EINVAL before any system call. */
#include "filter.h"

static char memory[4096] __attribute__((aligned(16)));

static const struct {
	const char *what;
	struct clone3_args args;
} refused[] = {
	{ "VM", { .flags = CLONE3_VM, .exit_signal = SIGCHLD } },
	{ "VM and VFORK", { .flags = CLONE3_VM | CLONE3_VFORK, .exit_signal = SIGCHLD } },
	{ "SIGHAND", { .flags = CLONE3_SIGHAND } },
	{ "VM and SIGHAND", { .flags = CLONE3_VM | CLONE3_SIGHAND } },
	{ "THREAD", { .flags = CLONE3_THREAD } },
	{ "a thread", { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD } },
	{ "SETTLS", { .flags = CLONE3_SETTLS, .exit_signal = SIGCHLD } },
};

static void refused_call(const struct clone3_args *args, const char *what)
{
	struct state before;
	int result;

	state_take(&before);
	errno = 1234;
	result = clone3_fork(args, sizeof(*args));
	if (result == 0)
		_exit(99);
	ok(errno == 1234, "%s: errno is untouched", what);
	ok(result == -EINVAL, "%s: -EINVAL", what);
	if (result != -EINVAL)
		printf("# got %d\n", result);
	nothing_left(&before, what);
}

static void refuse_all(void)
{
	struct clone3_args args;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		refused_call(&refused[i].args, refused[i].what);
	args = args_with(0);
	args.stack = address_of(memory);
	args.stack_size = sizeof(memory);
	refused_call(&args, "a stack");
	args.stack = 0;
	refused_call(&args, "a stack's size alone");
	args.stack = address_of(memory);
	args.stack_size = 0;
	refused_call(&args, "a stack's address alone");
}

int main(void)
{
	struct clone3_args args = args_with(0);

	refuse_all();
	/* Again, where entering the kernel shows: no answer may be the filter's. */
	if (!filter_every_clone(EDOM, ERANGE)) {
		skip("fork_refuses_shared_memory/filtered", "no seccomp filters");
		return done();
	}
	is(clone3_fork(&args, sizeof(args)), -EDOM, "the filter answers what reaches the kernel");
	refuse_all();
	return done();
}
