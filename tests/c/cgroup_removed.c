/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A cgroup that was removed, before the wait or during it, is empty and cannot be killed. */
#include "cgroup_dir.h"

#include <pthread.h>

struct shared {
	struct cgroup cgroup;
	int ready;
};

static int join(void *argument)
{
	struct shared *shared = argument;

	if (cgroup_join(&shared->cgroup))
		announce(&shared->ready);
	return child_pauses(NULL);
}

struct waiter {
	int fd, started, answer;
};

static void *wait_for_it(void *argument)
{
	struct waiter *waiter = argument;

	announce(&waiter->started);
	waiter->answer = clone3_cgroup_wait_empty(waiter->fd, 5000000000);
	return NULL;
}

int main(void)
{
	struct state before;
	int right = 0;

	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));

	state_take(&before);
	if (!cgroup_make(NULL, &shared->cgroup)) {
		skip("cgroup_removed", "no right to make a cgroup");
		return done();
	}
	cgroup_rmdir(&shared->cgroup);
	is(clone3_cgroup_wait_empty(shared->cgroup.fd, 0), 0, "removed before: empty at once");
	is(clone3_cgroup_wait_empty(shared->cgroup.fd, -1), 0, "removed before: empty for ever");
	is(clone3_cgroup_kill(shared->cgroup.fd), -ENODEV, "removed before: kill");
	close(shared->cgroup.fd);
	nothing_left(&before, "removed before");

	/*
	 * Emptied and removed at once while a thread waits, at varying distance. The kernel holds
	 * a notification back that comes within 10 ms of another, and drops it at the removal.
	 */
	for (int i = 0; i < 20 && right == i; i++) {
		pthread_t thread;

		cgroup_make(NULL, &shared->cgroup);
		shared->ready = 0;

		struct waiter waiter = { .fd = shared->cgroup.fd };
		struct child child = child_start(join, shared);

		await(&shared->ready);
		pthread_create(&thread, NULL, wait_for_it, &waiter);
		await(&waiter.started);
		usleep((unsigned int)i * 100);

		uint64_t start = now_ns(CLOCK_MONOTONIC);

		child_end(&child);

		bool removed = cgroup_rmdir(&shared->cgroup);

		pthread_join(thread, NULL);
		right += removed && waiter.answer == 0 &&
			 now_ns(CLOCK_MONOTONIC) - start < 4000000000;
		close(shared->cgroup.fd);
	}
	is(right, 20, "removed while a thread waits");
	nothing_left(&before, "removed while a thread waits");
	return done();
}
