/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE3_OPEN_THREAD opens a thread by its tid, which is refused without it. */
#include "child.h"
#include "proc.h"

#include <poll.h>
#include <pthread.h>

static int tid, leave;

static void *thread(void *unused)
{
	__atomic_store_n(&tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	await(&leave);
	return unused;
}

int main(void)
{
	struct state before;
	pthread_t handle;

	state_take(&before);
	alarm(60);
	pthread_create(&handle, NULL, thread, NULL);
	await(&tid);

	int refused = clone3_pidfd_open(tid, 0);

	ok(refused == -ENOENT || refused == -EINVAL, "a thread's tid without THREAD: %d", refused);
	nothing_left(&before, "a thread's tid without THREAD");

	int oracle = (int)syscall(SYS_pidfd_open, tid, O_EXCL);

	if (oracle < 0) {
		is(clone3_pidfd_open(tid, CLONE3_OPEN_THREAD), -EINVAL, "THREAD before 6.9");
		skip("pidfd_open_thread", "the kernel knows no pidfd of a thread");
	} else {
		int fd = clone3_pidfd_open(tid, CLONE3_OPEN_THREAD);
		struct pollfd end = { .fd = fd, .events = POLLIN };

		is(proc_fdinfo_pid(fd), tid, "fdinfo tells the tid");
		is(fcntl(fd, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
		is(poll(&end, 1, 0), 0, "it is not readable while the thread runs");
		announce(&leave);
		is(poll(&end, 1, 10000), 1, "the thread's end makes it readable");
		close(fd);
		close(oracle);
	}
	announce(&leave);
	pthread_join(handle, NULL);
	nothing_left(&before, "a thread's pidfd");
	return done();
}
