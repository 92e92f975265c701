/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Children for the C tests: started, held and ended by the libc and the kernel alone. */
#ifndef CHILD_H
#define CHILD_H

#include "tap.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#define CHILD_P_PIDFD 3 /* P_PIDFD, which older libcs lack */

struct child {
	pid_t pid;
	int pidfd;
};

/* fork(2), for where there is no pidfd_open: valgrind. */
static inline pid_t child_fork_with_pidfd(int *pidfd)
{
	return (pid_t)syscall(SYS_clone, CLONE3_PIDFD | SIGCHLD, NULL, pidfd, NULL, 0L);
}

/* Fork a child that ends with body(argument). It dies with the test; without it the test ends. */
static inline struct child child_start(int (*body)(void *), void *argument)
{
	struct child child = { .pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0) };
	bool has_open = child.pidfd >= 0;

	close(child.pidfd);
	child.pidfd = -1;
	child.pid = has_open ? fork() : child_fork_with_pidfd(&child.pidfd);
	if (child.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child_exit(body(argument));
	}
	if (has_open && child.pid > 0)
		child.pidfd = (int)syscall(SYS_pidfd_open, child.pid, 0);
	if (child.pidfd < 0) {
		printf("Bail out! no child with a pidfd: %s\n", strerror(errno));
		exit(1);
	}
	return child;
}

/*
 * The same where the kernel may reap the child before its pidfd could be opened. Without the libc's
 * own care in the child: @body uses system calls only.
 */
static inline struct child child_start_reaped(int (*body)(void *), void *argument)
{
	struct child child = { .pidfd = -1 };
	struct clone3_args args = {
		.flags = CLONE3_PIDFD,
		.pidfd = (uintptr_t)&child.pidfd,
		.exit_signal = SIGCHLD,
	};

	child.pid = (pid_t)syscall(SYS_clone3, &args, CLONE3_ARGS_SIZE_VER0);
	if (child.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(body(argument));
	}
	if (child.pid < 0) {
		printf("Bail out! no child by clone3: %s\n", strerror(errno));
		exit(1);
	}
	return child;
}

/* Bodies. */
static inline int child_pauses(void *unused)
{
	(void)unused;
	while (pause() != 0)
		;
	return 0;
}

/* The argument is a number, not an address. */
static inline int child_returns(void *status)
{
	return (int)(intptr_t)status;
}

/* Wait until it has ended, and leave it a zombie. */
static inline void child_await_end(const struct child *child)
{
	siginfo_t info;

	while (syscall(SYS_waitid, CHILD_P_PIDFD, child->pidfd, &info, WEXITED | WNOWAIT | __WALL,
		       NULL) != 0 &&
	       errno == EINTR)
		;
}

/* Reap it; the value is its wait status, or -1 if there is nothing to wait for. */
static inline int child_reap(const struct child *child)
{
	int status = -1;

	while (waitpid(child->pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* Kill it, reap it, close its pidfd. */
static inline int child_end(struct child *child)
{
	kill_one(child->pid, SIGKILL);

	int status = child_reap(child);

	close(child->pidfd);
	child->pidfd = -1;
	return status;
}

/* Memory that is the same in the test and in the children it forks; zeroed. */
static inline void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		printf("Bail out! no memory: %s\n", strerror(errno));
		exit(1);
	}
	return memory;
}

static inline uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline void sleep_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

/* Wait until another process or thread has set *flag; false after ten seconds. */
static inline bool await(const int *flag)
{
	uint64_t deadline = now_ns(CLOCK_MONOTONIC) + 10000000000ULL;

	while (!__atomic_load_n(flag, __ATOMIC_SEQ_CST)) {
		if (now_ns(CLOCK_MONOTONIC) > deadline)
			return false;
		usleep(200);
	}
	return true;
}

static inline void announce(int *flag)
{
	__atomic_store_n(flag, 1, __ATOMIC_SEQ_CST);
}

/* Uid and gid 65534 with no groups, by the kernel's own calls. For children. */
static inline bool become_nobody(void)
{
	return syscall(SYS_setgroups, 0, NULL) == 0 &&
	       syscall(SYS_setresgid, 65534, 65534, 65534) == 0 &&
	       syscall(SYS_setresuid, 65534, 65534, 65534) == 0;
}

/* One test: descriptors, mask and dumpable flag as @before tells; there may be children. */
static inline bool unchanged(const struct state *before, const char *what)
{
	struct state now;

	state_take(&now);
	return ok(now.descriptors == before->descriptors && now.mask == before->mask &&
			  now.dumpable == before->dumpable,
		  "%s: descriptors and mask as before", what);
}

#endif
