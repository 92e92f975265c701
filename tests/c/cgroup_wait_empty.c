/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_cgroup_wait_empty: time-outs, processes below, zombies. */
#include "cgroup_dir.h"

struct shared {
	struct cgroup outer, inner;
	int ready;
	int pester; /* send the test signals */
	int soon;   /* end by itself */
};

static volatile int caught;

static void catch (int signo)
{
	(void)signo;
	caught++;
}

static int join_inner(void *argument)
{
	struct shared *shared = argument;

	if (!cgroup_join(&shared->inner))
		return 1;
	announce(&shared->ready);
	for (int i = 0; shared->pester || shared->soon; i++) {
		sleep_ms(5);
		if (shared->pester)
			kill(getppid(), SIGUSR1);
		if (shared->soon && i == 8)
			return 0;
	}
	return child_pauses(NULL);
}

static struct child start(struct shared *shared)
{
	shared->ready = 0;

	struct child child = child_start(join_inner, shared);

	await(&shared->ready);
	return child;
}

int main(void)
{
	static const int64_t elapsing[] = { 0, 1, 1500000, 30000000 };
	static const int64_t longer[] = { 20000000000, INT64_MAX, -1, INT64_MIN };
	struct sigaction action = { .sa_handler = catch };
	struct state before, during;

	alarm(60);
	sigaction(SIGUSR1, &action, NULL);

	struct shared *shared = shared_memory(sizeof(*shared));

	state_take(&before);
	if (!cgroup_make(NULL, &shared->outer) || !cgroup_make(&shared->outer, &shared->inner)) {
		skip("cgroup_wait_empty", "no right to make a cgroup");
		return done();
	}
	is(clone3_cgroup_wait_empty(shared->outer.fd, -1), 0, "never used: empty at once");

	struct child child = start(shared);

	is(cgroup_populated(&shared->outer), 1, "a process is in a cgroup below");
	state_take(&during);
	for (size_t i = 0; i < sizeof(elapsing) / sizeof(elapsing[0]); i++) {
		uint64_t begin = now_ns(CLOCK_MONOTONIC);
		int answer = clone3_cgroup_wait_empty(shared->outer.fd, elapsing[i]);
		uint64_t elapsed = now_ns(CLOCK_MONOTONIC) - begin;

		ok(answer == -ETIMEDOUT && elapsed >= (uint64_t)elapsing[i] &&
			   elapsed < (uint64_t)elapsing[i] + 2000000000,
		   "%lld ns: answer %d after %llu ns", (long long)elapsing[i], answer,
		   (unsigned long long)elapsed);
		unchanged(&during, "a time-out");
	}
	is(clone3_cgroup_wait_empty(shared->inner.fd, 0), -ETIMEDOUT, "its own cgroup");
	kill(child.pid, SIGKILL);
	child_await_end(&child);
	is(clone3_cgroup_wait_empty(shared->outer.fd, 20000000000), 0, "a zombie does not count");
	is(cgroup_populated(&shared->outer), 0, "nor does it in cgroup.events");
	is(clone3_cgroup_wait_empty(shared->outer.fd, 0), 0, "empty, looked at once");
	child_end(&child);

	shared->soon = 1;
	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		child = start(shared);
		is(clone3_cgroup_wait_empty(shared->outer.fd, longer[i]), 0, "a time long enough");
		is(cgroup_populated(&shared->outer), 0, "cgroup.events says so");
		child_end(&child);
	}

	caught = 0;
	shared->pester = 1;
	child = start(shared);
	is(clone3_cgroup_wait_empty(shared->outer.fd, 20000000000), 0,
	   "handlers do not end a wait");
	ok(caught >= 3, "a handler ran %d times", caught);
	child_end(&child);

	shared->soon = 0;
	child = start(shared);

	uint64_t begin = now_ns(CLOCK_MONOTONIC);

	is(clone3_cgroup_wait_empty(shared->outer.fd, 60000000), -ETIMEDOUT,
	   "nor a time-out early");
	begin = now_ns(CLOCK_MONOTONIC) - begin;
	ok(begin >= 60000000 && begin < 5000000000, "it took %llu ns", (unsigned long long)begin);
	child_end(&child);

	cgroup_remove(&shared->inner);
	cgroup_remove(&shared->outer);
	nothing_left(&before, "cgroup_wait_empty");
	return done();
}
