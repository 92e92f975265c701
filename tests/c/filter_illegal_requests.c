/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What clone3 refuses and clone(2) would take is -EINVAL there, too. */
#include "filter.h"

static int returns(void *argument)
{
	(void)argument;
	return 0;
}

static void refused(const struct clone3_args *args, const char *what)
{
	struct state before;
	int result;

	state_take(&before);
	result = clone3_fork(args, sizeof(*args));
	if (result == 0)
		_exit(99);
	is(result, -EINVAL, what);
	nothing_left(&before, what);
}

static void refused_call(const struct clone3_args *args, const char *what)
{
	struct state before;

	state_take(&before);
	is(clone3_call(args, sizeof(*args), returns, NULL), -EINVAL, what);
	nothing_left(&before, what);
}

static void all(void)
{
	struct clone3_args args = args_with(0);
	struct clone3_stack stack;
	int word = -7;

	for (uint64_t number = 65; number <= 256; number++) {
		args.exit_signal = number;
		refused(&args, "an exit signal above 64");
	}
	args.exit_signal = 1ULL << 32 | SIGCHLD;
	refused(&args, "an exit signal of more than 32 bits");
	args = args_with(CLONE3_DETACHED);
	refused(&args, "CLONE_DETACHED");
	args = args_with(CLONE3_PARENT);
	refused(&args, "CLONE_PARENT with an exit signal");
	args = args_with(SIGCHLD);
	refused(&args, "a signal in the flags");
	args = args_with(1ULL << 38);
	refused(&args, "an unknown bit");
	args = args_with(CLONE3_NEWNS | CLONE3_FS);
	refused(&args, "CLONE_NEWNS with CLONE_FS");
	args = args_with(CLONE3_PIDFD | CLONE3_PARENT_SETTID);
	args.pidfd = args.parent_tid = address_of(&word);
	refused(&args, "one address for pidfd and tid");
	is(word, -7, "where nothing is stored");

	args = args_with(0);
	args.stack = 0xffff800000000000;
	args.stack_size = 65536;
	refused_call(&args, "a stack in kernel space");
	args.stack = 65536;
	args.stack_size = UINT64_MAX;
	refused_call(&args, "a stack that wraps");
	args.stack_size = 0;
	refused_call(&args, "half a stack");
	args = args_with(CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD);
	stack = stack_for(&args, 16384);
	refused_call(&args, "a thread with an exit signal");
	clone3_stack_unmap(&stack);
}

int main(void)
{
	if (!filter_clone3(ENOSYS)) {
		skip("filter_illegal_requests", "no seccomp filters");
		return done();
	}
	all();
	return done();
}
