/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Fuzzes clone3_check() against the running kernel's verdict. Nothing is created: after all checks
 * the kernel finds a pid that is in use, or no place for a pidfd.
 */
#include "../c/verdict.h"
#include "bytes.h"

static struct verdict_limits limits;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	alarm(0); /* the tests' time limit */
	limits = verdict_limits_here();
	return 0;
}

/* Any bits, or few that are known. */
static uint64_t take_flags(struct bytes *bytes)
{
	uint8_t count = take_byte(bytes) % 9;
	uint64_t flags = count == 8 ? take_u64(bytes) : 0;

	for (; count < 8 && count > 0; count--)
		flags |= CLONE3_NEWTIME << take_byte(bytes) % 31;
	/* A network takes longer than all the rest. */
	return take_byte(bytes) % 16 ? flags & ~CLONE3_NEWNET : flags;
}

/* Far from the end of user space, which is the processor's. */
static uint64_t take_place(struct bytes *bytes)
{
	uint8_t kind = take_byte(bytes);
	uint64_t low = kind & 3 ? take_u32(bytes) : 0;

	return kind & 4 ? ~low : low;
}

static size_t take_size(struct bytes *bytes)
{
	uint8_t kind = take_byte(bytes);

	if (kind < 128)
		return ARGS_SIZE;
	return kind < 224 ? kind - 128 + 32 : take_u32(bytes) % 8192;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t nowhere[] = { 0, 8, UINT64_MAX };
	struct bytes bytes = { data, size };
	size_t args_size = take_size(&bytes);
	bool by_pid = take_byte(&bytes) & 1 && args_size >= CLONE3_ARGS_SIZE_VER1;
	struct clone3_args args = verdict_args(take_flags(&bytes), 0);
	unsigned char *memory = calloc(1, args_size ? args_size : 1);
	bool is_hidden = false;
	const char *reason = NULL;
	int verdict, error;

	args.exit_signal = take_byte(&bytes);
	args.exit_signal <<= take_byte(&bytes) % 64;
	args.stack = take_place(&bytes);
	args.stack_size = take_place(&bytes);
	args.cgroup = take_place(&bytes);
	if (take_byte(&bytes) & 1)
		args.parent_tid = args.pidfd;
	if (by_pid) {
		verdict_spoil(&args);
	} else {
		args.flags |= CLONE3_PIDFD;
		args.pidfd = nowhere[take_byte(&bytes) % 3];
		args.set_tid = nowhere[take_byte(&bytes) % 3];
		args.set_tid_size = take_place(&bytes);
		/* More pids than nested namespaces is the system's state. */
		if (args.set_tid && args.set_tid_size > 1 && args.set_tid_size <= 32)
			args.set_tid_size = 1;
		is_hidden = args.set_tid && args.set_tid_size;
	}
	memcpy(memory, &args, args_size < ARGS_SIZE ? args_size : ARGS_SIZE);
	if (args_size > ARGS_SIZE && bytes.left)
		take(&bytes, memory + ARGS_SIZE, args_size - ARGS_SIZE);

	verdict = clone3_check((void *)memory, args_size, &reason);
	error = verdict_of_kernel((void *)memory, args_size);
	must(verdict == 0 || verdict == -EINVAL || verdict == -E2BIG, "%d", verdict);
	must(reason && (*reason != 0) == (verdict != 0), "verdict %d: %s", verdict, reason);
	must(clone3_explain((void *)memory, args_size, error), "errno %d", error);
	/* The kernel reads set_tid between two of its checks. */
	if (!(is_hidden && error == EFAULT))
		must(verdict_match(&limits, args.flags, verdict, error) != VERDICT_WRONG,
		     "size %zu, flags %llx: clone3_check() %d (%s), the kernel %s", args_size,
		     (unsigned long long)args.flags, verdict, reason, strerror(error));
	free(memory);
	return 0;
}
