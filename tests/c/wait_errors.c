/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Both waits: each error comes with a zeroed result and takes nothing. */
#include "wait_view.h"

static struct state during;

/* Two tests for each of the two functions, with and without a result. */
static void fails(int pidfd, unsigned int options, int error, const char *what)
{
	struct clone3_exit result;

	errno = 0;
	dirty(&result);
	is(clone3_pidfd_wait(pidfd, options, &result), -error, what);
	ok(is_zeroed(&result), "%s: the result is zeroed", what);
	is(clone3_pidfd_wait(pidfd, options, NULL), -error, what);
	dirty(&result);
	is(clone3_pidfd_wait_timeout(pidfd, options, 10000000000, &result), -error, what);
	ok(is_zeroed(&result), "%s: the result is zeroed, with a time-out", what);
	is(clone3_pidfd_wait_timeout(pidfd, options, 0, NULL), -error, what);
	is(errno, 0, "errno is untouched");
	unchanged(&during, what);
}

/* A zombie that is not the test's child: held by the one whose child it is. */
static int hold_zombie(void *argument)
{
	int *pid = argument;
	struct child child = child_start(child_returns, NULL);

	child_await_end(&child);
	__atomic_store_n(pid, child.pid, __ATOMIC_SEQ_CST);
	return child_pauses(NULL);
}

int main(void)
{
	static const unsigned int bad_options[] = { 0x4, 0x10, 0x20000000, 0x40000000, 0x80000000 };
	struct state before;
	int pipe_ends[2];
	int directory = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	pipe2(pipe_ends, O_CLOEXEC);
	state_take(&before);
	alarm(60);

	int *zombie = shared_memory(sizeof(*zombie));
	struct child child = child_start(child_pauses, NULL);
	struct child holder = child_start(hold_zombie, zombie);
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int parent = (int)syscall(SYS_pidfd_open, getppid(), 0);

	await(zombie);

	int stranger = (int)syscall(SYS_pidfd_open, *zombie, 0);

	state_take(&during);
	for (size_t i = 0; i < sizeof(bad_options) / sizeof(bad_options[0]); i++)
		fails(child.pidfd, bad_options[i], EINVAL, "an unknown option");
	fails(child.pidfd, CLONE3_WAIT_NOWAIT | 0x4, EINVAL, "a known and an unknown option");
	fails(-1, 0, EBADF, "descriptor -1");
	fails(9999, 0, EBADF, "a closed descriptor");
	fails(pipe_ends[0], 0, EBADF, "a pipe");
	fails(directory, 0, EBADF, "a /proc/PID directory");
	fails(self, 0, ECHILD, "the caller itself");
	if (parent >= 0)
		fails(parent, 0, ECHILD, "the caller's parent");
	fails(stranger, 0, ECHILD, "a zombie that is another's child");
	fails(stranger, CLONE3_WAIT_STOPPED, ECHILD, "the same with STOPPED");
	is(waitpid(child.pid, NULL, WNOHANG), 0, "the child is untouched");

	close(self);
	close(parent);
	close(stranger);
	child_end(&child);
	child_end(&holder);
	munmap(zombie, sizeof(*zombie));
	nothing_left(&before, "refused waits");
	return done();
}
