/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * When the memory is the caller's alone again.
 *
 * The kernel lets the caller of a vfork go on before the child that execs has left the memory
 * (exec_mmap() calls mm_release() first), so that is no sign. The end of what is close-on-exec, which
 * comes after it, is one. So the child takes a record lock on a file of its own, which the kernel
 * takes back when it closes the file, in exec or in exit, and the caller waits for the lock. Nobody
 * inherits a record lock, as a pipe's end would be.
 */
#include "spawn.h"

/* A number that the plan names, though nothing may be open there, must not become the file's. */
static int is_named(const struct clone3_plan *plan, int fd)
{
	int32_t fds[C3_PLAN_DESCRIPTORS];

	c3_plan_descriptors(plan, fds);
	for (size_t i = 0; i < C3_PLAN_DESCRIPTORS; i++)
		if (fds[i] == fd)
			return 1;
	for (size_t i = 0; i < plan->fd_count; i++)
		if (plan->fds[i].source == fd || plan->fds[i].target == fd)
			return 1;
	return 0;
}

/* The file: a close-on-exec descriptor, or -errno. */
int c3_leaving_open(const struct clone3_plan *plan)
{
	int file = (int)c3_syscall2(C3_NR_memfd_create, c3_address("libclone3"), C3_MFD_CLOEXEC);
	int fd = file;

	if (file < 0)
		return file;
	while (fd >= 0 && is_named(plan, fd)) {
		int lowest = fd + 1;

		if (fd != file)
			c3_close(fd);
		fd = c3_fcntl(file, C3_F_DUPFD_CLOEXEC, lowest);
	}
	if (fd != file)
		c3_close(file);
	return fd;
}

/* Returns once no child holds the lock. */
void c3_leaving_await(int leaving_fd)
{
	struct c3_flock lock = { .type = C3_F_WRLCK };

	while (c3_fcntl(leaving_fd, C3_F_SETLKW, c3_address(&lock)) == -EINTR)
		;
}
