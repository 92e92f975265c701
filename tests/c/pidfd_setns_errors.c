/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_setns: each error that needs no other user, and the caller stays where it is. */
#include "child.h"
#include "proc.h"

#include <sched.h>

static int unshare_uts(void *argument)
{
	int *ready = argument;

	unshare((int)CLONE3_NEWUTS);
	announce(ready);
	return child_pauses(NULL);
}

int main(void)
{
	static const struct {
		const char *what;
		uint64_t flags;
	} kinds[] = {
		{ "no kind", 0 },
		{ "VM", CLONE3_VM },
		{ "IO", CLONE3_IO },
		{ "a kind and VM", CLONE3_NEWUTS | CLONE3_VM },
		{ "a kind and a bit above 2^32", CLONE3_NEWUTS | 1ULL << 32 },
		{ "a kind and bit 63", CLONE3_NEWUTS | 1ULL << 63 },
		{ "EMPTY_MNTNS", CLONE3_EMPTY_MNTNS },
		{ "a kind's bit moved up by 32", CLONE3_NEWUTS << 32 },
	};
	struct state before, during;
	int pipe_ends[2];
	uint64_t home = proc_namespace(getpid(), "uts");

	pipe2(pipe_ends, O_CLOEXEC);

	/* setns(2) takes the first for a namespace; the library's contract does not. */
	int nsfs = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int not_pidfds[] = { nsfs, -1, 9999, pipe_ends[0], proc };

	state_take(&before);
	alarm(60);

	int *ready = shared_memory(sizeof(*ready));
	struct child child = child_start(unshare_uts, ready);

	await(ready);
	state_take(&during);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		errno = 0;
		is(clone3_pidfd_setns(child.pidfd, kinds[i].flags), -EINVAL, kinds[i].what);
		is(errno, 0, "errno is untouched");
		is(proc_namespace(getpid(), "uts"), home, "the caller has not moved");
		unchanged(&during, kinds[i].what);
	}
	for (size_t i = 0; i < sizeof(not_pidfds) / sizeof(not_pidfds[0]); i++) {
		is(clone3_pidfd_setns(not_pidfds[i], CLONE3_NEWUTS), -EBADF, "not a pidfd");
		unchanged(&during, "not a pidfd");
	}
	kill(child.pid, SIGKILL);
	child_await_end(&child);
	is(clone3_pidfd_setns(child.pidfd, CLONE3_NEWUTS), -ESRCH, "a zombie");
	child_reap(&child);
	is(clone3_pidfd_setns(child.pidfd, CLONE3_NEWUTS), -ESRCH, "a process that was reaped");
	is(proc_namespace(getpid(), "uts"), home, "the caller has not moved");
	close(child.pidfd);
	munmap(ready, sizeof(*ready));
	nothing_left(&before, "refused moves");
	return done();
}
