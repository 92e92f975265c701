/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Each CLONE3_SIGNAL_* flag chooses who gets the signal: thread, process or process group. */
#include "child.h"
#include "proc.h"

#include <pthread.h>

#define BIT(signo) (1ULL << ((signo)-1))

static int tid, leave;

static void *thread(void *unused)
{
	__atomic_store_n(&tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	await(&leave);
	return unused;
}

/* Ignoring a signal drops it wherever it is pending in the process. */
static void forget(int signo)
{
	signal(signo, SIG_IGN);
	signal(signo, SIG_DFL);
}

/* Where SIGUSR1 is pending: 1 this thread, 2 the other thread, 4 the process. */
static int pending(void)
{
	pid_t self = getpid();

	return (proc_status(self, self, "SigPnd", 16) & BIT(SIGUSR1) ? 1 : 0) |
	       (proc_status(self, tid, "SigPnd", 16) & BIT(SIGUSR1) ? 2 : 0) |
	       (proc_status(self, self, "ShdPnd", 16) & BIT(SIGUSR1) ? 4 : 0);
}

static int has_usr1(const struct child *child)
{
	return (proc_status(child->pid, child->pid, "ShdPnd", 16) & BIT(SIGUSR1)) != 0;
}

static void within_the_process(int process, int other)
{
	const struct {
		const char *what;
		int pidfd;
		unsigned int flags;
		int where;
	} cases[] = {
		{ "a process's pidfd, 0: the process", process, 0, 4 },
		{ "a process's pidfd, THREAD: its first thread", process, CLONE3_SIGNAL_THREAD, 1 },
		{ "a process's pidfd, GROUP: the process", process, CLONE3_SIGNAL_GROUP, 4 },
		{ "a thread's pidfd, 0: the thread", other, 0, 2 },
		{ "a thread's pidfd, THREAD: the thread", other, CLONE3_SIGNAL_THREAD, 2 },
		{ "a thread's pidfd, GROUP: the process", other, CLONE3_SIGNAL_GROUP, 4 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int result = clone3_pidfd_send_signal(cases[i].pidfd, SIGUSR1, cases[i].flags);

		ok(result == 0 && pending() == cases[i].where, "%s (answer %d, pending in %d)",
		   cases[i].what, result, pending());
		forget(SIGUSR1);
	}
}

/* The children inherit the mask: what they get stays pending. */
static void process_group(void)
{
	struct child first = child_start(child_pauses, NULL);
	struct child second = child_start(child_pauses, NULL);
	struct child outside = child_start(child_pauses, NULL);

	setpgid(first.pid, first.pid);
	setpgid(second.pid, first.pid);
	setpgid(outside.pid, outside.pid);
	is(clone3_pidfd_send_signal(second.pidfd, SIGUSR1, 0), 0, "0 to a member of a group");
	ok(!has_usr1(&first) && has_usr1(&second), "the member alone got it");
	is(clone3_pidfd_send_signal(second.pidfd, SIGUSR1, CLONE3_SIGNAL_PGROUP), -ESRCH,
	   "PGROUP to one who leads no group");
	ok(!has_usr1(&first), "nobody got it");
	is(clone3_pidfd_send_signal(first.pidfd, SIGUSR1, CLONE3_SIGNAL_PGROUP), 0,
	   "PGROUP to the leader");
	ok(has_usr1(&first) && has_usr1(&second), "all members got it");
	ok(!has_usr1(&outside), "a process outside did not");
	child_end(&first);
	child_end(&second);
	child_end(&outside);
}

int main(void)
{
	struct state before;
	pthread_t handle;
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, NULL);
	state_take(&before);
	alarm(60);

	int process = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (syscall(SYS_pidfd_send_signal, process, 0, NULL, CLONE3_SIGNAL_GROUP) != 0) {
		is(clone3_pidfd_send_signal(process, 0, CLONE3_SIGNAL_GROUP), -EINVAL,
		   "a flag before 6.9");
		close(process);
		nothing_left(&before, "a flag before 6.9");
		skip("pidfd_signal_scope", "the kernel knows no scope flags");
		return done();
	}
	pthread_create(&handle, NULL, thread, NULL);
	await(&tid);

	int other = (int)syscall(SYS_pidfd_open, tid, O_EXCL);

	within_the_process(process, other);
	process_group();
	announce(&leave);
	pthread_join(handle, NULL);
	close(process);
	close(other);
	nothing_left(&before, "signals with a scope");
	return done();
}
