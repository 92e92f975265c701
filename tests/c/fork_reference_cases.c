/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel's own cases of sizes, exit signals and flags give the kernel's own answers. */
#include "task.h"

#define BUFFER_SIZE 0x20000 /* more than the largest page and 8 bytes */

static unsigned char *buffer;

/* @tail: every byte behind the known members gets this value. */
static void try(uint64_t flags, uint64_t exit_signal, size_t size, int tail, int want)
{
	struct clone3_args args = args_with(flags);
	struct state before;
	char what[128];
	int result;

	args.exit_signal = exit_signal;
	memset(buffer, 0, BUFFER_SIZE);
	memcpy(buffer, &args, sizeof(args));
	if (size > sizeof(args))
		memset(buffer + sizeof(args), tail, size - sizeof(args));
	snprintf(what, sizeof(what), "flags %llx, exit signal %llx, size %zu, tail %x",
		 (unsigned long long)flags, (unsigned long long)exit_signal, size, tail);
	state_take(&before);
	result = clone3_fork((const struct clone3_args *)(const void *)buffer, size);
	if (result == 0)
		_exit(43);
	if (want == 0) {
		is(reap_code(result), 43, what);
		if (result < 0)
			printf("# clone3_fork: %d\n", result);
	} else {
		is(result, want, what);
	}
	nothing_left(&before, what);
}

static void sizes(uint64_t flags)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	try(flags, SIGCHLD, 56, 0, -EINVAL);
	for (size_t size = 64; size <= 96; size += 8)
		try(flags, SIGCHLD, size, 0, 0);
	try(flags, SIGCHLD, 70, 0, 0);
	try(flags, SIGCHLD, 2 * ARGS_SIZE, 0, 0);
	try(flags, SIGCHLD, page, 0, 0);
	try(flags, 0, ARGS_SIZE + 8, 0, 0);
	try(flags, SIGCHLD, ARGS_SIZE + 16, 0xff, -E2BIG);
	try(flags, SIGCHLD, 2 * ARGS_SIZE, 0xff, -E2BIG);
	try(flags, SIGCHLD, page + 8, 0, -E2BIG);
}

int main(void)
{
	struct clone3_support support = support_here();

	buffer = shared_memory(BUFFER_SIZE);
	sizes(0);
	try(0, 0xbadc0ded00000000, ARGS_SIZE, 0, -EINVAL);
	try(0, 0x80000000, ARGS_SIZE, 0, -EINVAL);
	try(0, 0x100, ARGS_SIZE, 0, -EINVAL);
	try(0, 0xf0, ARGS_SIZE, 0, -EINVAL);
	try(SIGCHLD, 0, ARGS_SIZE, 0, -EINVAL);
	try(SIGCHLD, SIGCHLD, ARGS_SIZE, 0, -EINVAL);
	if (!has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("fork_reference_cases/namespaces", "needs CAP_SYS_ADMIN");
		return done();
	}
	sizes(CLONE3_NEWPID);
	try(CLONE3_NEWTIME, SIGCHLD, ARGS_SIZE, 0, support.flags & CLONE3_NEWTIME ? 0 : -EINVAL);
	return done();
}
