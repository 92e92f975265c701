/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel's verdict on clone3 arguments, asked for so that it creates nothing. */
#ifndef VERDICT_H
#define VERDICT_H

#include "task.h"

static struct {
	int busy[2]; /* 1, and the test's own pid: in use, so that EEXIST follows every check */
	int pidfd;
	int tid;
	uint64_t tls[32];
} verdict_memory;

/* Arguments with every address good. */
static inline struct clone3_args verdict_args(uint64_t flags, uint64_t exit_signal)
{
	struct clone3_args args = args_with(flags);

	args.exit_signal = exit_signal;
	args.pidfd = address_of(&verdict_memory.pidfd);
	args.parent_tid = args.child_tid = address_of(&verdict_memory.tid);
	args.tls = address_of(verdict_memory.tls);
	args.cgroup = INT32_MAX;
	return args;
}

/*
 * Add what makes every request fail after the checks that are of interest, and change no other
 * answer: a pid that is in use. In a new pid namespace that is the second number, after 1.
 */
static inline void verdict_spoil(struct clone3_args *args)
{
	bool nested = args->flags & CLONE3_NEWPID;

	verdict_memory.busy[0] = 1;
	verdict_memory.busy[1] = getpid();
	args->set_tid = address_of(nested ? &verdict_memory.busy[0] : &verdict_memory.busy[1]);
	args->set_tid_size = nested ? 2 : 1;
}

/* The errno, positive. A process that appears all the same ends the test. */
static inline int verdict_of_kernel(const struct clone3_args *args, size_t size)
{
	long result = syscall(SYS_clone3, args, size);

	if (result < 0)
		return errno;
	if (result == 0)
		raw6(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	printf("Bail out! clone3 with flags %llx created process %ld\n",
	       (unsigned long long)args->flags, result);
	exit(1);
}

#endif
