/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_getfd: each error that needs no other user. */
#include "child.h"

#include <limits.h>
#include <sys/resource.h>

int main(void)
{
	struct state before, during;
	struct rlimit limit, low;
	int pipe_ends[2];

	pipe2(pipe_ends, O_CLOEXEC);
	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);
	const struct {
		const char *what;
		int pidfd, target;
	} cases[] = {
		{ "a target that is not open", child.pidfd, 9999 },
		{ "target -1", child.pidfd, -1 },
		{ "target INT_MAX", child.pidfd, INT_MAX },
		{ "a pipe for a pidfd", pipe_ends[0], 0 },
		{ "descriptor -1", -1, 0 },
		{ "a closed descriptor", 9999, 0 },
	};

	state_take(&during);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = 0;
		is(clone3_pidfd_getfd(cases[i].pidfd, cases[i].target), -EBADF, cases[i].what);
		is(errno, 0, "errno is untouched");
		unchanged(&during, cases[i].what);
	}

	int lowest = dup(0);

	close(lowest);
	getrlimit(RLIMIT_NOFILE, &limit);
	low = limit;
	low.rlim_cur = (rlim_t)lowest;
	setrlimit(RLIMIT_NOFILE, &low);
	is(clone3_pidfd_getfd(child.pidfd, 0), -EMFILE, "no descriptor number is free");
	setrlimit(RLIMIT_NOFILE, &limit);
	unchanged(&during, "no descriptor number is free");

	kill(child.pid, SIGKILL);
	child_await_end(&child);

	int zombie = clone3_pidfd_getfd(child.pidfd, 0);

	ok(zombie == -ESRCH || zombie == -EBADF, "a zombie: %d (-EBADF before 6.1)", zombie);
	child_reap(&child);
	is(clone3_pidfd_getfd(child.pidfd, 0), -ESRCH, "a process that was reaped");
	close(child.pidfd);
	nothing_left(&before, "refused duplicates");
	return done();
}
