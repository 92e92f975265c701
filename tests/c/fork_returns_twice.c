/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_fork returns the child's pid here and 0 in a child whose memory is a copy. */
#include "task.h"

struct seen {
	int pid;
	int ppid;
	int tid;
	int copied;
};

static void plain_child(struct seen *seen)
{
	struct clone3_args args = args_with(0);
	volatile int here = 1;
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0) {
		seen->pid = getpid();
		seen->ppid = getppid();
		seen->tid = raw_gettid();
		seen->copied = here;
		here = 2;
		_exit(41);
	}
	ok(pid > 0, "the caller gets a pid");
	is(reap_code(pid), 41, "the child ended on its own");
	is(seen->pid, pid, "it had that pid");
	is(seen->tid, pid, "and that thread id");
	is(seen->ppid, getpid(), "and the caller as its parent");
	is(seen->copied, 1, "it had the caller's variable");
	is(here, 1, "and changed only its copy");
}

static void exit_signal(void)
{
	struct clone3_args args = args_with(0);
	siginfo_t info;
	sigset_t set, old;
	int pid;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	args.exit_signal = SIGUSR1;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(sigtimedwait(&set, &info, &(struct timespec){ 10, 0 }), SIGUSR1,
	   "the exit signal arrives");
	is(info.si_pid, pid, "from the child");
	is(waitpid(pid, NULL, WNOHANG), -1, "which a plain waitpid does not see");
	is(reap_code(pid), 0, "but one with __WALL does");

	args.exit_signal = 0;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	is(reap_code(pid), 0, "a child without exit signal is waited for");
	sigpending(&set);
	ok(!sigismember(&set, SIGCHLD) && !sigismember(&set, SIGUSR1), "no signal came");
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void errno_is_left_alone(void)
{
	struct clone3_args args = args_with(0);
	int pid;

	errno = 1234;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(errno == 1234 ? 7 : 8);
	is(errno, 1234, "errno is as before in the caller");
	is(reap_code(pid), 7, "and in the child");
}

int main(void)
{
	struct seen *seen = shared_memory(sizeof(*seen));
	struct state before;

	state_take(&before);
	plain_child(seen);
	exit_signal();
	errno_is_left_alone();
	nothing_left(&before, "after the children");
	return done();
}
