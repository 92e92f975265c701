/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that the kernel reaps by itself, since SIGCHLD is ignored, is still reported. */
#include "raw_info.h"
#include "wait_view.h"

static int exit_soon(void *status)
{
	sleep_ms(30);
	return (int)(intptr_t)status;
}

/* All is as the last words of a pidfd can tell: code and status, and nothing else. */
static void reported(const struct clone3_exit *result, int code, int status, const char *what)
{
	struct clone3_exit want = { .code = code, .status = status };

	want.wait_status = code == CLD_EXITED ? status << 8 : status;
	ok(memcmp(result, &want, sizeof(want)) == 0,
	   "%s: code %d, status %d, wait status %#x, all else 0", what, result->code,
	   result->status, result->wait_status);
}

int main(void)
{
	struct clone3_exit result;
	struct state before;
	bool knows = knows_exit_info();
	int want = knows ? 1 : -ECHILD;

	state_take(&before);
	alarm(60);
	signal(SIGCHLD, SIG_IGN);

	struct child child = child_start_reaped(exit_soon, (void *)7);

	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &result), 0, "while it runs: NOHANG");
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, 0, &result), want, "wait");
	if (knows)
		reported(&result, CLD_EXITED, 7, "wait");
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &result), want, "again, NOHANG");
	if (knows)
		reported(&result, CLD_EXITED, 7, "again");
	is(clone3_pidfd_wait(child.pidfd, 0, NULL), want, "no result is asked for");
	close(child.pidfd);
	nothing_left(&before, "wait");

	child = child_start_reaped(exit_soon, (void *)255);
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 0, &result), -ETIMEDOUT, "time-out of 0");
	dirty(&result);
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 20000000000, &result), want, "wait_timeout");
	if (knows)
		reported(&result, CLD_EXITED, 255, "wait_timeout");
	close(child.pidfd);
	nothing_left(&before, "wait_timeout");

	child = child_start_reaped(child_pauses, NULL);
	kill(child.pid, 64);
	dirty(&result);
	is(clone3_pidfd_wait(child.pidfd, 0, &result), want, "a child that was killed");
	if (knows)
		reported(&result, CLD_KILLED, 64, "a child that was killed");
	close(child.pidfd);
	nothing_left(&before, "a child that was killed");

	/* Races between the end and the wait: the answer must not depend on who is first. */
	int right = 0;

	for (int i = 0; i < 500; i++) {
		child = child_start_reaped(child_returns, (void *)3);

		/* Every other time ask again and again, so as to be there while it is reaped. */
		unsigned int options = i & 1 ? CLONE3_WAIT_NOHANG : 0;
		int answer;

		while ((answer = clone3_pidfd_wait(child.pidfd, options, &result)) == 0)
			;
		right += answer == want && (!knows || result.wait_status == 3 << 8);
		close(child.pidfd);
	}
	is(right, 500, "children that end at the moment of the wait");
	nothing_left(&before, "children that end at the moment of the wait");
	if (!knows)
		skip("wait_autoreaped", "the kernel is older than 6.15: -ECHILD was shown");
	return done();
}
