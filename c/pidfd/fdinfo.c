/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The pid behind a pidfd, as /proc tells it. Also for threads that no libc knows. */
#include "../text.h"
#include "pidfd.h"

/* Whether /proc numbers processes as the caller's pid namespace does: it may be another one's. */
int c3_proc_is_ours(void)
{
	char text[16] = "";

	c3_syscall4(C3_NR_readlinkat, C3_AT_FDCWD, c3_address("/proc/self"), c3_address(text),
		    sizeof(text) - 1);
	return c3_number(text) == c3_syscall1(C3_NR_getpid, 0);
}

/*
 * The pid in /proc, or -ESRCH, -EREMOTE, -ENOSYS without /proc. By the thread's own table of
 * descriptors. @open_fd, if it is not NULL, is the descriptor that is open meanwhile, -1 afterwards:
 * for who has to close it should this thread be killed alone.
 */
int c3_pidfd_pid_by_proc(int pidfd, volatile int32_t *open_fd)
{
	char path[64] = "/proc/thread-self/fdinfo/";
	char text[512];
	const char *line;
	long length;
	int fd;
	int pid;

	c3_append_number(path, (unsigned int)pidfd);
	fd = c3_openat(C3_AT_FDCWD, path, C3_O_RDONLY);
	if (fd < 0)
		return fd == -ENOENT ? -ENOSYS : fd;
	if (open_fd)
		*open_fd = fd;
	length = c3_read(fd, text, sizeof(text) - 1);
	c3_close(fd);
	if (open_fd)
		*open_fd = -1;
	if (length < 0)
		return (int)length;
	text[length] = 0;
	line = c3_find(text, "\nPid:\t");
	if (!line)
		return -ENOSYS;
	if (*line == '-')
		return -ESRCH;
	pid = c3_number(line);
	return pid ? pid : -EREMOTE;
}
