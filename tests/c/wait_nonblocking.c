/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A non-blocking pidfd: the wait answers -EAGAIN, the wait with a time-out works. */
#include "wait_view.h"

static int exit_soon(void *unused)
{
	(void)unused;
	sleep_ms(30);
	return 5;
}

int main(void)
{
	struct clone3_exit result;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);
	int fd = (int)syscall(SYS_pidfd_open, child.pid, O_NONBLOCK);

	if (fd < 0) {
		child_end(&child);
		skip("wait_nonblocking", "the kernel is older than 5.10");
		return done();
	}
	dirty(&result);
	is(clone3_pidfd_wait(fd, 0, &result), -EAGAIN, "a running child");
	ok(is_zeroed(&result), "the result is zeroed");
	is(clone3_pidfd_wait(fd, CLONE3_WAIT_NOHANG, &result), 0, "NOHANG is 0 here too");
	is(clone3_pidfd_wait_timeout(fd, 0, 0, &result), -ETIMEDOUT, "a time-out of 0");

	uint64_t start = now_ns(CLOCK_MONOTONIC);

	is(clone3_pidfd_wait_timeout(fd, 0, 20000000, &result), -ETIMEDOUT, "a time-out of 20 ms");
	ok(now_ns(CLOCK_MONOTONIC) - start >= 20000000, "it elapses");
	kill(child.pid, SIGKILL);
	child_await_end(&child);
	is(clone3_pidfd_wait(fd, 0, &result), 1, "a zombie");
	is(result.status, SIGKILL, "with its signal");
	close(fd);
	close(child.pidfd);
	nothing_left(&before, "a non-blocking pidfd");

	child = child_start(exit_soon, NULL);
	fd = (int)syscall(SYS_pidfd_open, child.pid, O_NONBLOCK);
	is(clone3_pidfd_wait_timeout(fd, 0, 10000000000, &result), 1, "a child that ends in time");
	is(result.status, 5, "with its status");
	close(fd);

	close(child.pidfd);
	nothing_left(&before, "a non-blocking pidfd with a time-out");

	child = child_start(exit_soon, NULL);
	fd = (int)syscall(SYS_pidfd_open, child.pid, O_NONBLOCK);
	is(clone3_pidfd_wait_timeout(fd, 0, -1, &result), 1, "waiting for ever");
	close(fd);
	close(child.pidfd);
	nothing_left(&before, "a non-blocking pidfd without a limit");
	return done();
}
