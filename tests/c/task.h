/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What tests of the clone family share: arguments, waiting, rights, processes apart. */
#ifndef TASK_H
#define TASK_H

#include "child.h"
#include "proc.h"
#include "raw.h"

#include <sys/auxv.h>
#include <sys/resource.h>

#define ARGS_SIZE sizeof(struct clone3_args)

/* Whether this program needs no shared library: then it also starts in an empty root. */
static inline bool is_static(void)
{
	return getauxval(AT_BASE) == 0;
}

#define TEST_CAP_SYS_ADMIN 21

/* By a sanitizer that maps memory of its own, runs a thread of its own, and takes its time. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

#if defined(__SANITIZE_ADDRESS__)
/* LeakSanitizer looks at the test, and not at the programs that it starts by the thousand. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return strcmp(program_invocation_name, "program") == 0;
}
#endif

/* A lost wake-up or a child that never ends is a failure, not a test run that hangs. */
__attribute__((constructor)) static inline void limit_time(void)
{
	alarm(SANITIZED ? 120 : 30);
}

static inline struct clone3_args args_with(uint64_t flags)
{
	struct clone3_args args;

	clone3_args_init(&args);
	args.flags = flags;
	return args;
}

static inline uint64_t address_of(const volatile void *pointer)
{
	return (uintptr_t)pointer;
}

/* Wait for a child with any exit signal: its wait status, or -1. */
static inline int reap(int pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) != pid)
		if (errno != EINTR)
			return -1;
	return status;
}

/* Wait for a child: its exit status, minus the signal that killed it, or -1000. */
static inline int reap_code(int pid)
{
	int status = pid > 0 ? reap(pid) : -1;

	if (status != -1 && WIFEXITED(status))
		return WEXITSTATUS(status);
	return status != -1 && WIFSIGNALED(status) ? -WTERMSIG(status) : -1000;
}

/* Run fn in a process of its own, since it changes that process for good: its return value. */
static inline int apart(int (*fn)(void *), void *arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		child_exit(fn(arg));
	return reap_code(pid);
}

/* For use in apart(): no child, neither running nor to be waited for. */
static inline bool has_no_child(void)
{
	int status;

	return waitpid(-1, &status, __WALL | WNOHANG) == -1 && errno == ECHILD;
}

static inline bool has_capability(unsigned int capability)
{
	return proc_status(getpid(), getpid(), "CapEff", 16) >> capability & 1;
}

/* What the library says can be used here. */
static inline struct clone3_support support_here(void)
{
	struct clone3_support support = { .size = sizeof(support) };

	if (clone3_probe(&support) != 0)
		memset(&support, 0, sizeof(support));
	return support;
}

/* A guarded stack for a child that shares memory: sets the arguments' stack members. */
static inline struct clone3_stack stack_for(struct clone3_args *args, size_t size)
{
	struct clone3_stack stack;

	if (clone3_stack_map(size, &stack) != 0) {
		printf("Bail out! no stack\n");
		exit(1);
	}
	args->stack = address_of(stack.base);
	args->stack_size = stack.size;
	return stack;
}

#endif
