/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_getfd: the duplicate is the same open file, and close-on-exec. */
#include "child.h"

#include <sys/stat.h>

static int open_files(void *argument)
{
	int *ready = argument;

	/* Not close-on-exec there: the duplicate's flag is its own. */
	if (dup2(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), 50) == 50)
		announce(ready);
	return child_pauses(NULL);
}

int main(void)
{
	struct state before;
	struct stat here, there;
	char path[64];

	state_take(&before);
	alarm(60);

	int *ready = shared_memory(sizeof(*ready));
	struct child child = child_start(open_files, ready);

	ok(await(ready), "the child opened its file");

	int copy = clone3_pidfd_getfd(child.pidfd, 50);

	ok(copy >= 0, "a descriptor: %d", copy);
	is(fcntl(copy, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
	snprintf(path, sizeof(path), "/proc/%d/fd/50", (int)child.pid);
	ok(fstat(copy, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino &&
		   here.st_dev == there.st_dev,
	   "it is the same file");

	/* The same open file description: kcmp's KCMP_FILE, or else the shared offset. */
	long same = syscall(SYS_kcmp, getpid(), child.pid, 0, copy, 50);

	if (same < 0 && errno != ENOENT)
		skip("pidfd_getfd", "no kcmp here");
	else
		is(same, 0, "it is the same open file description");
	close(copy);
	child_end(&child);
	munmap(ready, sizeof(*ready));
	nothing_left(&before, "pidfd_getfd");
	return done();
}
