/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_get_info by a thread's pidfd: pid is the thread's id, tgid the process's. */
#include "child.h"
#include "raw_info.h"

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
	struct clone3_pidfd_info info = { .size = sizeof(info), .mask = CLONE3_INFO_PID };
	struct raw_info raw;
	struct state before;
	pthread_t handle;

	state_take(&before);
	alarm(60);
	pthread_create(&handle, NULL, thread, NULL);
	await(&tid);

	int fd = (int)syscall(SYS_pidfd_open, tid, O_EXCL);

	if (fd < 0 || raw_info(fd, CLONE3_INFO_PID, &raw) != 0) {
		skip("info_thread", "the kernel is older than 6.13");
	} else {
		is(clone3_pidfd_get_info(fd, &info), 0, "get_info");
		is(info.pid, tid, "pid is the thread's");
		is(info.tgid, getpid(), "tgid is the process's");
		is(info.ppid, getppid(), "ppid is the parent's");
	}
	announce(&leave);
	pthread_join(handle, NULL);
	if (fd >= 0)
		close(fd);
	nothing_left(&before, "get_info of a thread");
	return done();
}
