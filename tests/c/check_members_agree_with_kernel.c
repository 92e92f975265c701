/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_check() refuses exactly the values of members that the running kernel refuses. */
#include "verdict.h"

static unsigned long tried;
static int mismatches;

/* Compare; the caller has made sure that nothing is created. */
static void compare(const struct clone3_args *args, size_t size, const char *what)
{
	int verdict = clone3_check(args, size, NULL);
	int error = verdict_of_kernel(args, size);
	bool refused = error == EINVAL || error == E2BIG;

	tried++;
	if (verdict == (refused ? -error : 0))
		return;
	if (mismatches++ < 20)
		printf("# %s, size %zu: clone3_check %d, the kernel %s\n", what, size, verdict,
		       strerror(error));
}

static void exit_signals(void)
{
	char what[64];

	for (uint64_t number = 0; number <= 300; number++)
		for (int shift = 0; shift < 64; shift += 8) {
			struct clone3_args args = verdict_args(0, number << shift);

			verdict_spoil(&args);
			snprintf(what, sizeof(what), "exit signal %llx",
				 (unsigned long long)(number << shift));
			compare(&args, sizeof(args), what);
		}
}

static void stacks(void)
{
	static char memory[65536];
	const uint64_t here = address_of(memory);
	/* Below or far above user space, whose end is the processor's: no sum lies between. */
	const uint64_t places[] = { 0,
				    1,
				    16,
				    4096,
				    here,
				    here + 1,
				    0xffff800000000000,
				    0xffffffff80000000,
				    1ULL << 63,
				    UINT64_MAX - here,
				    UINT64_MAX - 4095,
				    UINT64_MAX };
	const uint64_t sizes[] = { 0,
				   1,
				   15,
				   4096,
				   sizeof(memory),
				   0xffff800000000000,
				   1ULL << 63,
				   UINT64_MAX - here,
				   UINT64_MAX - here + 1,
				   UINT64_MAX - 4095,
				   UINT64_MAX - 15,
				   UINT64_MAX };
	const uint64_t flags[] = { 0, CLONE3_VM, CLONE3_VM | CLONE3_VFORK };
	char what[96];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++)
			for (size_t n = 0; n < sizeof(flags) / sizeof(flags[0]); n++) {
				struct clone3_args args = verdict_args(flags[n], SIGCHLD);

				args.stack = places[i];
				args.stack_size = sizes[k];
				verdict_spoil(&args);
				snprintf(what, sizeof(what), "flags %llx, stack %llx, size %llx",
					 (unsigned long long)flags[n],
					 (unsigned long long)args.stack,
					 (unsigned long long)args.stack_size);
				compare(&args, sizeof(args), what);
			}
}

static void cgroups(size_t known)
{
	const uint64_t values[] = {
		0, 1, INT32_MAX, 1ULL << 31, UINT32_MAX, 1ULL << 32, UINT64_MAX
	};
	char what[64];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		for (int into = 0; into <= 1; into++)
			for (size_t size = CLONE3_ARGS_SIZE_VER1; size <= known; size++) {
				struct clone3_args args = verdict_args(
					into ? CLONE3_INTO_CGROUP : 0, SIGCHLD);

				args.cgroup = values[i];
				verdict_spoil(&args);
				snprintf(what, sizeof(what), "%s cgroup %llx", into ? "into" : "no",
					 (unsigned long long)values[i]);
				compare(&args, size, what);
			}
}

/* These come before the pid in use is looked at; what passes fails at the address. */
static void set_tids(void)
{
	const uint64_t addresses[] = { 0, 8, UINT64_MAX };
	const uint64_t lengths[] = { 0, 1, 31, 32, 33, 34, 64, 1344, 1ULL << 32, UINT64_MAX };
	char what[64];

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
			struct clone3_args args = verdict_args(CLONE3_PIDFD, SIGCHLD);

			/* More pids than nested namespaces is the system's state. */
			if (addresses[i] && lengths[k] > 1 && lengths[k] <= 32)
				continue;
			args.pidfd = 0;
			args.set_tid = addresses[i];
			args.set_tid_size = lengths[k];
			snprintf(what, sizeof(what), "set_tid %llx, size %llx",
				 (unsigned long long)addresses[i], (unsigned long long)lengths[k]);
			compare(&args, sizeof(args), what);
		}
}

/* Below 80 there is no set_tid: a pidfd that cannot be stored spoils these. */
static void sizes(void)
{
	static union {
		struct clone3_args args;
		unsigned char bytes[0x20000];
	} buffer;
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t more[] = { 0, 1, 16, 100, 1 << 16, SIZE_MAX / 2 };

	for (size_t size = 0; size <= 256; size++) {
		buffer.args = verdict_args(CLONE3_PIDFD, SIGCHLD);
		buffer.args.pidfd = 0;
		compare(&buffer.args, size, "zero tail");
		if (size < ARGS_SIZE + 16)
			continue;
		buffer.bytes[size - 1] = 1;
		compare(&buffer.args, size, "nonzero tail");
		buffer.bytes[size - 1] = 0;
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		compare(&buffer.args, page + more[i], "a page and more");
	for (size_t size = 64; size <= 96; size++) {
		buffer.args = verdict_args(CLONE3_PIDFD | CLONE3_INTO_CGROUP, SIGCHLD);
		buffer.args.pidfd = 0;
		compare(&buffer.args, size, "into a cgroup");
	}
}

static void same_address(void)
{
	const uint64_t flags[] = { 0, CLONE3_PIDFD, CLONE3_PARENT_SETTID,
				   CLONE3_PIDFD | CLONE3_PARENT_SETTID };
	char what[64];

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		for (int null = 0; null <= 1; null++) {
			struct clone3_args args = verdict_args(flags[i], SIGCHLD);

			if (null)
				args.pidfd = 0;
			args.parent_tid = args.pidfd;
			verdict_spoil(&args);
			snprintf(what, sizeof(what), "flags %llx, one address",
				 (unsigned long long)flags[i]);
			compare(&args, sizeof(args), what);
		}
}

int main(void)
{
	struct clone3_support support = support_here();
	struct state before;

	if (support.args_size < CLONE3_ARGS_SIZE_VER2) {
		skip("check_members_agree_with_kernel", "needs clone3 of Linux 5.7");
		return done();
	}
	state_take(&before);
	exit_signals();
	is(mismatches, 0, "exit signals");
	stacks();
	is(mismatches, 0, "stacks");
	cgroups(support.args_size);
	is(mismatches, 0, "cgroups");
	set_tids();
	is(mismatches, 0, "set_tid");
	sizes();
	is(mismatches, 0, "sizes");
	same_address();
	is(mismatches, 0, "one address for pidfd and tid");
	printf("# tried %lu\n", tried);
	nothing_left(&before, "after all of them");
	return done();
}
