/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that the program reaps elsewhere is reported to the one who waits by pidfd. */
#include "raw_info.h"
#include "wait_view.h"

#include <pthread.h>

struct waiter {
	int pidfd, started, answer;
	unsigned int options;
	struct clone3_exit result;
};

static void *wait_for_it(void *argument)
{
	struct waiter *waiter = argument;

	announce(&waiter->started);
	/* With NOHANG and NOWAIT: from "nothing yet" by the zombie, which has a pid, to the end. */
	do
		waiter->answer = clone3_pidfd_wait(waiter->pidfd, waiter->options, &waiter->result);
	while (waiter->options && (waiter->answer == 0 || waiter->result.pid != 0));
	return NULL;
}

int main(void)
{
	struct clone3_exit result;
	struct state before;
	bool knows = knows_exit_info();
	int want = knows ? 1 : -ECHILD;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_returns, (void *)4);

	is(child_reap(&child), 4 << 8, "another wait takes it");
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, 0, &result), want, "wait");
	ok(!knows || (result.code == CLD_EXITED && result.status == 4 &&
		      result.wait_status == 4 << 8 && result.pid == 0 && result.minor_faults == 0),
	   "code and status, all else 0");
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, NULL), want, "NOHANG");
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, -1, &result), want, "wait_timeout");
	close(child.pidfd);
	nothing_left(&before, "a child that was reaped before");

	/*
	 * Both are parked when it ends, and one of them gets it from the kernel; or the other asks
	 * again and again, so as to be there while it is reaped.
	 */
	int right = 0;

	for (int i = 0; i < 300; i++) {
		pthread_t thread;

		child = child_start(child_pauses, NULL);

		struct waiter waiter = { .pidfd = child.pidfd };

		if (i & 1)
			waiter.options = CLONE3_WAIT_NOHANG | CLONE3_WAIT_NOWAIT;

		pthread_create(&thread, NULL, wait_for_it, &waiter);
		await(&waiter.started);
		kill(child.pid, SIGKILL);

		int status = child_reap(&child);

		pthread_join(thread, NULL);
		right += waiter.answer == 1 ?
				 waiter.result.wait_status == SIGKILL &&
					 waiter.result.code == CLD_KILLED :
				 !knows && waiter.answer == -ECHILD && status == SIGKILL;
		close(child.pidfd);
	}
	is(right, 300, "a thread that waits while another reaps");
	nothing_left(&before, "a thread that waits while another reaps");
	if (!knows)
		skip("wait_reaped_elsewhere", "the kernel is older than 6.15: -ECHILD was shown");
	return done();
}
