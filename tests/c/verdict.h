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

/* On what the two may differ, since clone3_check() tells of Linux 7.1 and of no rights. */
struct verdict_limits {
	uint64_t supported;    /* flags that the kernel knows */
	bool may_all;          /* no EPERM for want of a right comes before its checks */
	bool thread_has_pidfd; /* Linux 6.9 */
};

static inline struct verdict_limits verdict_limits_here(void)
{
	struct clone3_args args = verdict_args(
		CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_PIDFD, 0);

	verdict_spoil(&args);
	return (struct verdict_limits){
		.supported = support_here().flags | CLONE3_DETACHED,
		.may_all = has_capability(TEST_CAP_SYS_ADMIN),
		.thread_has_pidfd = verdict_of_kernel(&args, sizeof(args)) != EINVAL,
	};
}

/* How clone3_check()'s answer, and the kernel's errno, to the same arguments go together. */
enum verdict_match {
	VERDICT_SAME,
	VERDICT_NEWER,  /* the kernel does not know a flag */
	VERDICT_OLDER,  /* nor a pidfd of a thread */
	VERDICT_HIDDEN, /* another errno for want of a right */
	VERDICT_WRONG
};

static inline enum verdict_match verdict_match(const struct verdict_limits *limits, uint64_t flags,
					       int verdict, int error)
{
	if (verdict == (error == EINVAL || error == E2BIG ? -error : 0))
		return VERDICT_SAME;
	if (verdict == 0 && error == EINVAL && flags & ~limits->supported)
		return VERDICT_NEWER;
	if (verdict == 0 && error == EINVAL && flags & CLONE3_THREAD && flags & CLONE3_PIDFD &&
	    !limits->thread_has_pidfd)
		return VERDICT_OLDER;
	if (verdict == -EINVAL && error == EPERM && !limits->may_all)
		return VERDICT_HIDDEN;
	return VERDICT_WRONG;
}

#endif
