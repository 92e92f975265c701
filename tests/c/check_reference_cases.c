/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_check() gives the kernel's own answers to the kernel's own cases. */
#include "task.h"

#define BUFFER_SIZE 0x20000 /* more than the largest page and 8 bytes */

static unsigned char *buffer;

/* @tail: every byte behind the known members gets this value. */
static void try(uint64_t flags, uint64_t exit_signal, size_t size, int tail, int want)
{
	struct clone3_args args = args_with(flags);
	const char *reason = NULL;
	char what[128];
	int result;

	args.exit_signal = exit_signal;
	memset(buffer, 0, BUFFER_SIZE);
	memcpy(buffer, &args, sizeof(args));
	if (size > sizeof(args))
		memset(buffer + sizeof(args), tail, size - sizeof(args));
	snprintf(what, sizeof(what), "flags %llx, exit signal %llx, size %zu, tail %x",
		 (unsigned long long)flags, (unsigned long long)exit_signal, size,
		 (unsigned int)tail);
	result = clone3_check((const struct clone3_args *)(const void *)buffer, size, &reason);
	is(result, want, what);
	ok(reason && (*reason != 0) == (want != 0), "a reason if it is refused");
	is(clone3_check((const struct clone3_args *)(const void *)buffer, size, NULL), want,
	   "the same without a place for the reason");
}

static void sizes(uint64_t flags)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	try(flags, SIGCHLD, 56, 0, -EINVAL);
	try(flags, SIGCHLD, 63, 0, -EINVAL);
	for (size_t size = 64; size <= 96; size++)
		try(flags, SIGCHLD, size, 0, 0);
	try(flags, SIGCHLD, 2 * ARGS_SIZE, 0, 0);
	try(flags, SIGCHLD, page, 0, 0);
	try(flags, 0, ARGS_SIZE + 8, 0, 0);
	try(flags, SIGCHLD, ARGS_SIZE + 1, 0xff, -E2BIG);
	try(flags, SIGCHLD, ARGS_SIZE + 16, 0xff, -E2BIG);
	try(flags, SIGCHLD, 2 * ARGS_SIZE, 0xff, -E2BIG);
	try(flags, SIGCHLD, page, 1, -E2BIG);
	try(flags, SIGCHLD, page + 8, 0, -E2BIG);
	try(flags, 65, 2 * ARGS_SIZE, 0xff, -E2BIG); /* a bad tail wins over a bad member */
}

int main(void)
{
	const char *reason = NULL;

	buffer = shared_memory(BUFFER_SIZE);
	sizes(0);
	sizes(CLONE3_NEWPID);
	try(0, 0xbadc0ded00000000, ARGS_SIZE, 0, -EINVAL);
	try(0, 0x80000000, ARGS_SIZE, 0, -EINVAL);
	try(0, 0x100, ARGS_SIZE, 0, -EINVAL);
	try(0, 0xf0, ARGS_SIZE, 0, -EINVAL);
	try(0, 65, ARGS_SIZE, 0, -EINVAL);
	try(0, 64, ARGS_SIZE, 0, 0);
	try(0, 1ULL << 32 | SIGCHLD, ARGS_SIZE, 0, -EINVAL);
	try(SIGCHLD, 0, ARGS_SIZE, 0, -EINVAL);
	try(CLONE3_NEWTIME, SIGCHLD, ARGS_SIZE, 0, 0);
	is(clone3_check(NULL, ARGS_SIZE, &reason), -EINVAL, "NULL");
	ok(reason && *reason, "with a reason");
	is(clone3_check(NULL, ARGS_SIZE, NULL), -EINVAL, "NULL, and no place for the reason");
	return done();
}
