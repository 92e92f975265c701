/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* After 10,000 waits and as many failing calls there is nothing more than before. */
#include "leak.h"

#define ROUNDS 10000

/* Each way to fail: all of them must give their descriptors back. */
static bool fail_every_way(int i, const struct child *child, int not_pidfd)
{
	struct clone3_pidfd_info info = { .size = sizeof(info), .mask = CLONE3_INFO_PID };
	struct clone3_exit result;

	switch (i % 10) {
	case 0:
		return clone3_pidfd_wait(not_pidfd, 0, &result) == -EBADF;
	case 1:
		return clone3_pidfd_wait(child->pidfd, 4, &result) == -EINVAL;
	case 2:
		return clone3_pidfd_wait_timeout(child->pidfd, 0, 1, &result) == -ETIMEDOUT;
	case 3:
		return clone3_pidfd_namespace(not_pidfd, CLONE3_NEWUTS) == -EBADF;
	case 4:
		return clone3_pidfd_getfd(child->pidfd, 9999) == -EBADF;
	case 5:
		return clone3_pidfd_get_info(not_pidfd, &info) == -EBADF;
	case 6:
		return clone3_cgroup_wait_empty(not_pidfd, 0) == -EBADF;
	case 7:
		return clone3_cgroup_kill(not_pidfd) == -EBADF;
	case 8:
		return clone3_pidfd_open(-1, 0) == -EINVAL;
	default:
		return clone3_pidfd_send_signal(not_pidfd, 0, 0) == -EBADF;
	}
}

/* Waits of each kind on a fresh child; the last one reaps it. */
static bool wait_every_way(int i)
{
	struct clone3_exit result;
	struct child child = child_start(child_returns, (void *)3);
	int first = clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOWAIT, &result);
	int second = i & 1 ? clone3_pidfd_wait(child.pidfd, 0, &result) :
			     clone3_pidfd_wait_timeout(child.pidfd, 0, -1, &result);

	close(child.pidfd);
	return first == 1 && second == 1 && result.wait_status == 3 << 8;
}

int main(void)
{
	struct leak leak;
	int right = 0, failed = 0, namespaces = 0;
	int not_pidfd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	leak_begin(&leak);

	struct child child = child_start(child_pauses, NULL);

	for (int i = 0; i < ROUNDS / 2; i++)
		right += wait_every_way(i);
	for (int i = 0; i < ROUNDS; i++)
		failed += fail_every_way(i, &child, not_pidfd);
	for (int i = 0; i < ROUNDS / 10; i++) {
		int fd = clone3_pidfd_namespace(child.pidfd, CLONE3_NEWUTS);

		namespaces += fd >= 0 && close(fd) == 0;
	}
	is(right, ROUNDS / 2, "children were waited for, twice each");
	is(failed, ROUNDS, "wrong calls failed as they should");
	is(namespaces, ROUNDS / 10, "namespaces were opened");
	child_end(&child);
	leak_end(&leak, "10,000 waits");
	return done();
}
