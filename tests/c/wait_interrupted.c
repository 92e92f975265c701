/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signal handlers do not end a wait, nor make a time-out longer. */
#include "wait_view.h"

static volatile int caught;

static void catch (int signo)
{
	(void)signo;
	caught++;
}

/* Interrupt the parent now and then; then end, or go on until killed. */
static int pester(void *argument)
{
	for (int i = 0; i < 8 || argument; i++) {
		sleep_ms(5);
		kill(getppid(), SIGALRM);
	}
	return 6;
}

int main(void)
{
	struct sigaction action = { .sa_handler = catch }; /* no SA_RESTART */
	struct clone3_exit result;
	struct state before;
	int always = 1;

	sigaction(SIGALRM, &action, NULL);
	state_take(&before);

	struct child child = child_start(pester, NULL);

	is(clone3_pidfd_wait(child.pidfd, 0, &result), 1, "wait");
	ok(caught >= 3, "a handler ran %d times", caught);
	is(result.status, 6, "it went on until the child's end");
	close(child.pidfd);
	nothing_left(&before, "an interrupted wait");

	caught = 0;
	child = child_start(pester, NULL);
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 20000000000, &result), 1, "wait_timeout");
	ok(caught >= 3, "a handler ran %d times", caught);
	is(result.status, 6, "it went on until the child's end");
	close(child.pidfd);
	nothing_left(&before, "an interrupted wait with a time-out");

	child = child_start(pester, &always);

	uint64_t start = now_ns(CLOCK_MONOTONIC);

	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 60000000, &result), -ETIMEDOUT,
	   "wait_timeout of 60 ms, interrupted every 5 ms");

	uint64_t elapsed = now_ns(CLOCK_MONOTONIC) - start;

	ok(between(60000000, elapsed, 5000000000), "it took %llu ns", (unsigned long long)elapsed);
	child_end(&child);
	nothing_left(&before, "an interrupted time-out");
	return done();
}
