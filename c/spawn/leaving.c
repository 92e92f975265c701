/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * When the memory is the caller's alone again.
 *
 * The kernel lets the caller of a vfork go on before the child that execs has left the memory
 * (exec_mmap() calls mm_release() first), so that is no sign. The end of what is close-on-exec,
 * which comes after it, is one. So the child takes a record lock on a file of its own, which the
 * kernel takes back when it closes the file, in exec or in exit, and the caller waits for the lock.
 * Nobody inherits a record lock, as a pipe's end would be.
 */
#include "spawn.h"

/* The file: a close-on-exec descriptor, or -errno. */
int c3_leaving_open(const struct clone3_plan *plan)
{
	int fd = (int)c3_syscall2(C3_NR_memfd_create, c3_address("libclone3"), C3_MFD_CLOEXEC);

	return fd < 0 ? fd : c3_fd_beside_plan(plan, fd);
}

/* Returns once no child holds the lock. */
void c3_leaving_await(int leaving_fd)
{
	struct c3_flock lock = { .type = C3_F_WRLCK };

	while (c3_fcntl(leaving_fd, C3_F_SETLKW, c3_address(&lock)) == -EINTR)
		;
}
