/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_open: each error, with no descriptor made. */
#include "child.h"

#include <limits.h>
#include <sys/resource.h>

int main(void)
{
	static const struct {
		const char *what;
		int pid;
		unsigned int flags;
		int error;
	} cases[] = {
		{ "pid 0", 0, 0, EINVAL },
		{ "pid -1", -1, 0, EINVAL },
		{ "pid INT_MIN", INT_MIN, 0, EINVAL },
		{ "flag 1", 1, 1, EINVAL },
		{ "flag O_CLOEXEC", 1, O_CLOEXEC, EINVAL },
		{ "flag 1 << 31", 1, 1U << 31, EINVAL },
		{ "a known and an unknown flag", 1, CLONE3_OPEN_NONBLOCK | 2, EINVAL },
		{ "a pid above pid_max", INT_MAX, 0, ESRCH },
	};
	struct state before;
	struct rlimit limit, low;

	state_take(&before);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = 0;
		is(clone3_pidfd_open(cases[i].pid, cases[i].flags), -cases[i].error, cases[i].what);
		is(errno, 0, "errno is untouched");
		nothing_left(&before, cases[i].what);
	}

	struct child child = child_start(child_returns, NULL);

	child_end(&child);
	is(clone3_pidfd_open(child.pid, 0), -ESRCH, "a child that was reaped");
	nothing_left(&before, "a child that was reaped");

	/* The lowest free number is what dup would give: allow none from there up. */
	int lowest = dup(0);

	close(lowest);
	getrlimit(RLIMIT_NOFILE, &limit);
	low = limit;
	low.rlim_cur = (rlim_t)lowest;
	setrlimit(RLIMIT_NOFILE, &low);
	is(clone3_pidfd_open(getpid(), 0), -EMFILE, "no descriptor number is free");
	setrlimit(RLIMIT_NOFILE, &limit);
	nothing_left(&before, "no descriptor number is free");
	return done();
}
