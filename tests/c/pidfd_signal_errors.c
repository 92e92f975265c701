/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_send_signal: each error that needs no other user. */
#include "child.h"

int main(void)
{
	struct state before, during;
	int pipe_ends[2];
	char path[64];

	pipe2(pipe_ends, O_CLOEXEC);

	int directory = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	/* The system call takes this for a pidfd of the child; the library's contract does not. */
	snprintf(path, sizeof(path), "/proc/%d", (int)child.pid);

	int proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct {
		const char *what;
		int pidfd, signo;
		unsigned int flags;
		int error;
	} cases[] = {
		{ "signal 65", child.pidfd, 65, 0, EINVAL },
		{ "signal -1", child.pidfd, -1, 0, EINVAL },
		{ "THREAD with GROUP", child.pidfd, 0, 3, EINVAL },
		{ "GROUP with PGROUP", child.pidfd, 0, 6, EINVAL },
		{ "flag 8", child.pidfd, 0, 8, EINVAL },
		{ "flag 1 << 31", child.pidfd, SIGKILL, 1U << 31, EINVAL },
		{ "descriptor -1", -1, 0, 0, EBADF },
		{ "a closed descriptor", 9999, 0, 0, EBADF },
		{ "a pipe", pipe_ends[0], 0, 0, EBADF },
		{ "a directory", directory, 0, 0, EBADF },
		{ "a /proc/PID directory, signal 0", proc, 0, 0, EBADF },
		{ "a /proc/PID directory, SIGKILL", proc, SIGKILL, 0, EBADF },
	};

	state_take(&during);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		errno = 0;
		is(clone3_pidfd_send_signal(cases[i].pidfd, cases[i].signo, cases[i].flags),
		   -cases[i].error, cases[i].what);
		is(errno, 0, "errno is untouched");
		unchanged(&during, cases[i].what);
	}
	is(waitpid(child.pid, NULL, WNOHANG), 0, "the child still runs");
	close(proc);
	kill(child.pid, SIGKILL);
	child_reap(&child);
	is(clone3_pidfd_send_signal(child.pidfd, 0, 0), -ESRCH, "signal 0 after the reaping");
	is(clone3_pidfd_send_signal(child.pidfd, SIGTERM, 0), -ESRCH, "SIGTERM after the reaping");
	close(child.pidfd);
	nothing_left(&before, "refused signals");
	return done();
}
