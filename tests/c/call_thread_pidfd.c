/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_PIDFD with CLONE_THREAD gives a pidfd of the thread, or -EINVAL before Linux 6.9. */
#include "task.h"

#include <poll.h>

#define THREAD (CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_CHILD_CLEARTID | CLONE3_PIDFD)

static volatile int word = 1;
static volatile int go;

static int thread(void *argument)
{
	(void)argument;
	raw_wait_while(&go, 0);
	return 0;
}

int main(void)
{
	struct clone3_args args = args_with(THREAD);
	struct clone3_stack stack = stack_for(&args, 16384);
	struct pollfd poll_fd = { .events = POLLIN };
	struct state before;
	int pidfd = -7;
	int tid;

	state_take(&before);
	args.exit_signal = 0;
	args.child_tid = address_of(&word);
	args.pidfd = address_of(&pidfd);
	tid = clone3_call(&args, sizeof(args), thread, NULL);
	if (tid == -EINVAL) {
		is(pidfd, -7, "nothing is stored");
		nothing_left(&before, "a kernel without pidfds of threads");
		skip("call_thread_pidfd", "needs Linux 6.9");
		return done();
	}
	is(proc_fdinfo_pid(pidfd), tid, "it refers to the thread");
	poll_fd.fd = pidfd;
	is(poll(&poll_fd, 1, 0), 0, "it is not ready while the thread runs");
	raw_set(&go, 1);
	is(poll(&poll_fd, 1, 10000), 1, "and ready at its end");
	raw_join(&word);
	close(pidfd);
	clone3_stack_unmap(&stack);
	nothing_left(&before, "after the thread");
	return done();
}
