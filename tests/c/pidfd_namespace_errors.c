/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_namespace: each error that needs no other user. */
#include "child.h"
#include "proc.h"

int main(void)
{
	static const struct {
		const char *what;
		uint64_t flag;
	} kinds[] = {
		{ "no kind", 0 },
		{ "two kinds", CLONE3_NEWUTS | CLONE3_NEWIPC },
		{ "IO", CLONE3_IO },
		{ "VM", CLONE3_VM },
		{ "EMPTY_MNTNS", CLONE3_EMPTY_MNTNS },
		{ "EMPTY_MNTNS with NEWNS", CLONE3_EMPTY_MNTNS | CLONE3_NEWNS },
		{ "a kind with a bit above 2^32", CLONE3_NEWUTS | 1ULL << 40 },
		{ "a kind's bit moved up by 32", CLONE3_NEWUTS << 32 },
		{ "bit 63", 1ULL << 63 },
		{ "all bits", UINT64_MAX },
	};
	struct state before, during;
	int pipe_ends[2];

	pipe2(pipe_ends, O_CLOEXEC);

	int nsfs = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int not_pidfds[] = { -1, 9999, pipe_ends[0], nsfs, proc };

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	state_take(&during);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		errno = 0;
		is(clone3_pidfd_namespace(child.pidfd, kinds[i].flag), -EINVAL, kinds[i].what);
		is(errno, 0, "errno is untouched");
		unchanged(&during, kinds[i].what);
	}
	for (size_t i = 0; i < sizeof(not_pidfds) / sizeof(not_pidfds[0]); i++) {
		is(clone3_pidfd_namespace(not_pidfds[i], CLONE3_NEWUTS), -EBADF, "not a pidfd");
		unchanged(&during, "not a pidfd");
	}
	kill(child.pid, SIGKILL);
	child_await_end(&child);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (proc_namespace(getpid(), namespace_kinds[i].name))
			is(clone3_pidfd_namespace(child.pidfd, namespace_kinds[i].flag), -ESRCH,
			   "a zombie");
	child_reap(&child);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (proc_namespace(getpid(), namespace_kinds[i].name))
			is(clone3_pidfd_namespace(child.pidfd, namespace_kinds[i].flag), -ESRCH,
			   "a process that was reaped");
	close(child.pidfd);
	nothing_left(&before, "refused namespaces");
	return done();
}
