/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Killing a cgroup's processes and waiting until there is none. */
#include "deadline.h"
#include "text.h"
#include <clone3.h>

/* Opens a control file. -EOPNOTSUPP: this cgroup has none of that name; -ENODEV: it was removed. */
static int open_control(int cgroup_fd, const char *name, int flags)
{
	int fd;

	if (!c3_is_cgroup2(cgroup_fd))
		return -EBADF;
	fd = c3_openat(cgroup_fd, name, flags);
	if (fd == -ENOTDIR)
		return -EBADF;
	if (fd == -ENOENT)
		return c3_syscall3(C3_NR_faccessat, cgroup_fd, c3_address("cgroup.procs"), 0) < 0 ?
			       -ENODEV :
			       -EOPNOTSUPP;
	return fd;
}

int clone3_cgroup_kill(int cgroup_fd)
{
	int fd = open_control(cgroup_fd, "cgroup.kill", C3_O_WRONLY);
	long written;

	if (fd < 0)
		return fd;
	written = c3_write(fd, "1", 1);
	c3_close(fd);
	return written < 0 ? (int)written : 0;
}

/* 1, 0, or -errno. The read also arms the poll: it then reports changes since. */
static int is_populated(int fd)
{
	char text[256] = "";
	long length = c3_syscall4(C3_NR_pread64, fd, c3_address(text), sizeof(text) - 1, 0);

	if (length < 0)
		return (int)length;
	text[length] = 0;
	return !c3_find(text, "populated 0");
}

/*
 * The kernel puts off the second of two notifications within 10 ms, and forgets it if the cgroup is
 * removed meanwhile: so the file is also read again now and then.
 */
#define C3_READ_AGAIN_NS 50000000LL

int clone3_cgroup_wait_empty(int cgroup_fd, int64_t timeout_ns)
{
	int64_t deadline = c3_deadline_in(timeout_ns);
	int fd = open_control(cgroup_fd, "cgroup.events", C3_O_RDONLY);
	int result;

	if (fd < 0)
		return fd == -ENODEV ? 0 : fd;
	while ((result = is_populated(fd)) > 0) {
		int64_t again = c3_deadline_in(C3_READ_AGAIN_NS);

		if (again < 0 || deadline < 0)
			result = (int)(again < 0 ? again : deadline);
		else if (again - C3_READ_AGAIN_NS >= deadline)
			result = -ETIMEDOUT;
		if (result < 0)
			break;
		result = c3_poll(fd, C3_POLLPRI, again < deadline ? again : deadline);
		if (result < 0)
			break;
	}
	c3_close(fd);
	return result == -ENODEV ? 0 : result;
}
