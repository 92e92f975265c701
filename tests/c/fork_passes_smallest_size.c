/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel is handed the smallest struct that holds what is used, or the caller's unchanged. */
#include "filter.h"

#define SIZE_ERRNO 1000

static struct {
	struct clone3_args args;
	uint64_t tail[8];
} request;

static int returns(void *status)
{
	return (int)(intptr_t)status;
}

static void try(uint64_t flags, uint64_t exit_signal, size_t size, size_t want, const char *what)
{
	int result;

	request.args.flags = flags;
	request.args.exit_signal = exit_signal;
	result = clone3_fork(&request.args, size);
	if (result == 0)
		_exit(99);
	ok(result == -(SIZE_ERRNO + (int)want), "%s, size %zu: %zu bytes", what, size, want);
	if (result != -(SIZE_ERRNO + (int)want))
		printf("# got %d\n", result);
	result = clone3_call(&request.args, size, returns, NULL);
	ok(result == -(SIZE_ERRNO + (int)want), "the same by clone3_call");
	if (result != -(SIZE_ERRNO + (int)want))
		printf("# got %d\n", result);
}

int main(void)
{
	static const int tids[] = { 1 };
	const uint32_t low = (uint32_t)address_of(&request);
	struct state before;

	/* Of several filters that refuse, the last one's errno counts. */
	for (uint32_t size = 64; size <= 152; size += 4)
		if (!refuse_if(SYS_clone3, 1, 0xffffffff, size, SIZE_ERRNO + (int)size)) {
			skip("fork_passes_smallest_size", "no seccomp filters");
			return done();
		}
	refuse_if(SYS_clone3, 0, 0xffffffff, low, 3000);
	state_take(&before);
	for (size_t size = 64; size <= 152; size += 8)
		try(0, SIGCHLD, size, 64, "nothing new is used");
	try(CLONE3_PIDFD | CLONE3_CHILD_SETTID, 0, 152, 64, "old flags");
	try(CLONE3_CLEAR_SIGHAND, SIGCHLD, 88, 64, "a new flag without a member");

	request.args.cgroup = 7;
	try(0, SIGCHLD, 88, 64, "a cgroup without its flag");
	try(CLONE3_INTO_CGROUP, SIGCHLD, 88, 88, "a cgroup");
	try(CLONE3_INTO_CGROUP, SIGCHLD, 152, 88, "a cgroup");
	request.args.cgroup = 0;
	try(CLONE3_INTO_CGROUP, SIGCHLD, 88, 88, "descriptor 0");

	request.args.set_tid = address_of(tids);
	request.args.set_tid_size = 1;
	try(0, SIGCHLD, 80, 80, "set_tid");
	try(0, SIGCHLD, 152, 80, "set_tid");
	try(0, SIGCHLD, 72, 80, "half of set_tid");
	try(0, SIGCHLD, 64, 64, "set_tid beyond the caller's size");
	try(CLONE3_INTO_CGROUP, SIGCHLD, 88, 88, "set_tid and a cgroup");
	request.args.set_tid = 0;
	request.args.set_tid_size = 0;

	request.tail[7] = 1;
	try(0, SIGCHLD, 152 - 8, 64, "a nonzero byte just behind the size");
	is(clone3_fork(&request.args, 152), -3000, "a nonzero tail: the caller's own struct");
	is(clone3_call(&request.args, 152, returns, NULL), -3000, "the same by clone3_call");
	nothing_left(&before, "refused calls");
	return done();
}
