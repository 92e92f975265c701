/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * clone3_check() refuses exactly what the running kernel refuses with EINVAL: every combination of
 * up to three flags (two where TEST_IS_SLOW is set) with four exit signals, then combinations of
 * more. The kernel is asked with a pid that is in use, so that what it accepts ends in EEXIST and
 * creates nothing.
 */
#include "verdict.h"

/* Bits that CLONE3_* name, in order. */
static const uint64_t all_flags = 0x3fffffff80ULL;
static const uint64_t since_7_1 = CLONE3_AUTOREAP | CLONE3_NNP | CLONE3_PIDFD_AUTOKILL |
				  CLONE3_EMPTY_MNTNS;

static struct verdict_limits limits;
static unsigned long tried, refused, matches[VERDICT_WRONG + 1];
static unsigned long newer_by_flag[64];
static int mismatches;

static void print_flags(uint64_t flags)
{
	for (; flags; flags &= flags - 1)
		printf(" %s", clone3_flag_name(flags & -flags));
}

static void mismatch(const struct clone3_args *args, int verdict, int error)
{
	const char *reason;

	if (mismatches++ >= 20)
		return;
	clone3_check(args, sizeof(*args), &reason);
	printf("# exit signal %llu, flags", (unsigned long long)args->exit_signal);
	print_flags(args->flags);
	printf(": clone3_check %d (%s), the kernel %s\n", verdict, reason, strerror(error));
}

static void try(uint64_t flags, uint64_t exit_signal)
{
	struct clone3_args args = verdict_args(flags, exit_signal);
	int verdict = clone3_check(&args, sizeof(args), NULL);
	enum verdict_match match;
	int error;

	verdict_spoil(&args);
	error = verdict_of_kernel(&args, sizeof(args));
	tried++;
	refused += error == EINVAL;
	match = verdict_match(&limits, flags, verdict, error);
	matches[match]++;
	if (match == VERDICT_NEWER)
		for (uint64_t left = flags & ~limits.supported; left; left &= left - 1)
			newer_by_flag[__builtin_ctzll(left)]++;
	if (match == VERDICT_WRONG)
		mismatch(&args, verdict, error);
}

static void try_signals(uint64_t flags)
{
	static const uint64_t exit_signals[] = { 0, SIGCHLD, 64, 65 };

	for (size_t i = 0; i < sizeof(exit_signals) / sizeof(exit_signals[0]); i++)
		try(flags, exit_signals[i]);
}

/* @base with every choice of up to @more other flags. */
static void try_choices(uint64_t base, uint64_t from, int more)
{
	try_signals(base);
	if (more == 0)
		return;
	for (; from; from &= from - 1) {
		uint64_t flag = from & -from;

		if (!(base & flag))
			try_choices(base | flag, from & (from - 1), more - 1);
	}
}

/* Reproducible, and only for choosing among combinations. */
static uint64_t next_random(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

int main(void)
{
	struct clone3_support support = support_here();
	struct state before;
	bool is_slow = getenv("TEST_IS_SLOW");

	if (support.args_size < CLONE3_ARGS_SIZE_VER2 || getpid() == 1) {
		skip("check_agrees_with_kernel",
		     "needs clone3 of Linux 5.7, and not to be an init");
		return done();
	}
	limits = verdict_limits_here();
	state_take(&before);
	try_choices(0, all_flags, is_slow ? 2 : 3);
	is(tried, 4 * (1 + 31 + 31 * 30 / 2 + (is_slow ? 0 : 31 * 30 * 29 / 6)),
	   is_slow ? "combinations of up to two flags" : "combinations of up to three flags");
	is(mismatches, 0, "the verdicts agree");

	/* What no three flags reach: threads, and the flags of 7.1 that need each other. */
	mismatches = 0;
	try_choices(CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD, all_flags, 2);
	try_choices(CLONE3_VM | CLONE3_SIGHAND, all_flags, 2);
	try_choices(CLONE3_PIDFD | CLONE3_AUTOREAP | CLONE3_PIDFD_AUTOKILL, all_flags, 1);
	for (int i = 0; i < 5000; i++)
		try(next_random() & next_random() & all_flags, i & 1 ? SIGCHLD : 0);
	is(mismatches, 0, "they agree on threads and random combinations, too");

	printf("# tried %lu: the kernel refused %lu with EINVAL\n", tried, refused);
	printf("# of these %lu for flags that it does not know and Linux 7.1 does:",
	       matches[VERDICT_NEWER]);
	for (int bit = 0; bit < 64; bit++)
		if (newer_by_flag[bit])
			printf(" %s %lu", clone3_flag_name(1ULL << bit), newer_by_flag[bit]);
	printf("\n# skipped: %lu for want of a right, %lu for a pidfd of a thread\n",
	       matches[VERDICT_HIDDEN], matches[VERDICT_OLDER]);
	ok((limits.supported | since_7_1) == all_flags || matches[VERDICT_NEWER] > 0,
	   "every flag is known or accounted for");
	nothing_left(&before, "after all of them");
	return done();
}
