/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What clone3_fork() must still do where clone3 is refused: the same tests for each errno. */
#ifndef FALLBACK_H
#define FALLBACK_H

#include "filter.h"

struct fallback_seen {
	int pid;
	int ppid;
	int word;
};

static inline void fallback_plain(struct fallback_seen *seen)
{
	struct clone3_args args = args_with(0);
	struct state before;
	int pid;

	state_take(&before);
	errno = 1234;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		seen->pid = getpid();
		seen->ppid = getppid();
		_exit(errno == 1234 ? 41 : 42);
	}
	is(errno, 1234, "errno is as before");
	is(reap_code(pid), 41, "a plain child ran");
	is(seen->pid, pid, "with the pid that was returned");
	is(seen->ppid, getpid(), "as the caller's child");
	nothing_left(&before, "a plain child");
}

static inline void fallback_exit_signal(void)
{
	struct clone3_args args = args_with(0);
	struct state before;
	sigset_t set, old;
	siginfo_t info;
	int pid;

	state_take(&before);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	args.exit_signal = SIGUSR1;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(reap_code(pid), 0, "a child with another exit signal");
	sigpending(&set);
	ok(sigismember(&set, SIGUSR1) && !sigismember(&set, SIGCHLD), "which it sent");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigtimedwait(&set, &info, &(struct timespec){ 0, 0 });

	args.exit_signal = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(reap_code(pid), 0, "a child without exit signal");
	sigpending(&set);
	ok(!sigismember(&set, SIGUSR1) && !sigismember(&set, SIGCHLD), "sent none");
	sigprocmask(SIG_SETMASK, &old, NULL);
	nothing_left(&before, "exit signals");
}

static inline void fallback_pidfd(uint64_t flags)
{
	struct clone3_args args = args_with(CLONE3_PIDFD | flags);
	volatile int tid = -7;
	struct state before;
	int pidfd = -7;
	int pid;

	state_take(&before);
	args.pidfd = address_of(&pidfd);
	args.parent_tid = address_of(&tid);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(tid == -7 ? 0 : 1);
	is(proc_fdinfo_pid(pidfd), pid, "a pidfd of the child");
	is(fcntl(pidfd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "close-on-exec");
	is(tid, flags & CLONE3_PARENT_SETTID ? pid : -7, "the tid is stored if asked for");
	is(reap_code(pid), 0, "and not in the child");
	close(pidfd);
	nothing_left(&before, "a pidfd");
}

static inline void fallback_tids(struct fallback_seen *seen)
{
	struct clone3_args args = args_with(CLONE3_PARENT_SETTID | CLONE3_CHILD_SETTID);
	volatile int tid = -7;
	struct state before;
	int pid;

	state_take(&before);
	seen->word = -7;
	args.parent_tid = address_of(&tid);
	args.child_tid = address_of(&seen->word);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(tid, pid, "the tid is stored in the caller");
	reap(pid);
	is(seen->word, pid, "and in the child");
	nothing_left(&before, "thread ids");
}

static inline void fallback_vfork(struct fallback_seen *seen)
{
	struct clone3_args args = args_with(CLONE3_VFORK);
	struct state before;
	int pid;

	state_take(&before);
	seen->word = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		sleep_ms(20);
		seen->word = 1;
		_exit(3);
	}
	is(seen->word, 1, "CLONE_VFORK parks the caller");
	is(reap_code(pid), 3, "until the child's end");
	nothing_left(&before, "CLONE_VFORK");
}

static inline void fallback_namespace(struct fallback_seen *seen)
{
	struct clone3_args args = args_with(CLONE3_NEWPID | CLONE3_NEWUTS);
	struct state before;
	int pid;

	if (!has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("fallback_namespace", "needs CAP_SYS_ADMIN");
		return;
	}
	state_take(&before);
	seen->pid = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		seen->pid = getpid();
		_exit(0);
	}
	is(reap_code(pid), 0, "a child in new namespaces");
	is(seen->pid, 1, "is the first in its own");
	nothing_left(&before, "namespaces");
}

static inline void fallback_errors(void)
{
	struct clone3_args args = args_with(CLONE3_PIDFD);
	struct rlimit limit, full;
	struct state before;
	int pidfd = -7;
	int lowest = dup(2);
	int result;

	close(lowest);
	state_take(&before);
	is(clone3_fork(&args, sizeof(args)), -EFAULT, "no place for the pidfd");
	nothing_left(&before, "no place for the pidfd");
	args.pidfd = address_of(&pidfd);
	getrlimit(RLIMIT_NOFILE, &limit);
	full = limit;
	full.rlim_cur = (rlim_t)lowest;
	setrlimit(RLIMIT_NOFILE, &full);
	result = clone3_fork(&args, sizeof(args));
	setrlimit(RLIMIT_NOFILE, &limit);
	is(result, -EMFILE, "no free descriptor");
	is(pidfd, -7, "none is stored");
	nothing_left(&before, "no free descriptor");
}

static inline void fallback_fork_works(void)
{
	struct fallback_seen *seen = shared_memory(sizeof(*seen));

	fallback_plain(seen);
	fallback_exit_signal();
	fallback_pidfd(0);
	fallback_pidfd(CLONE3_PARENT_SETTID);
	fallback_tids(seen);
	fallback_vfork(seen);
	fallback_namespace(seen);
	fallback_errors();
}

#endif
