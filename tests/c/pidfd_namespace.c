/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_namespace: each kind is the one that /proc/PID/ns names. */
#include "child.h"
#include "proc.h"

#include <sched.h>

struct shared {
	int ready;
};

/*
 * Leave for namespaces of its own where that is allowed. NEWPID and NEWTIME only change where its
 * children will be: asked for its own, the library must still answer with the test's.
 */
static int unshare_all(void *argument)
{
	struct shared *shared = argument;

	if (geteuid() != 0)
		unshare((int)CLONE3_NEWUSER);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (namespace_kinds[i].flag != CLONE3_NEWUSER)
			unshare((int)namespace_kinds[i].flag);
	if (geteuid() == 0)
		unshare((int)CLONE3_NEWUSER);
	announce(&shared->ready);
	return child_pauses(NULL);
}

int main(void)
{
	struct state before, during;

	state_take(&before);
	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));
	struct child child = child_start(unshare_all, shared);

	ok(await(&shared->ready), "the child is in its namespaces");
	state_take(&during);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
		const char *name = namespace_kinds[i].name;
		uint64_t want = proc_namespace(child.pid, name);
		int fd = clone3_pidfd_namespace(child.pidfd, namespace_kinds[i].flag);
		struct stat status;

		if (!want) {
			is(fd, -EOPNOTSUPP, "a kind the kernel lacks");
			unchanged(&during, name);
			continue;
		}
		memset(&status, 0, sizeof(status));
		fstat(fd, &status);
		ok(status.st_ino == want, "%s: its inode is /proc/PID/ns/%s's (%d)", name, name,
		   fd);
		is(fcntl(fd, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
		close(fd);
		unchanged(&during, name);
	}
	ok(proc_namespace(child.pid, "uts") != proc_namespace(getpid(), "uts") || geteuid() != 0,
	   "the child's namespaces were not the test's");
	child_end(&child);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "pidfd_namespace");
	return done();
}
