/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of c/pidfd/ give each other. */
#ifndef C3_PIDFD_H
#define C3_PIDFD_H

#include "../syscall.h"
#include <clone3.h>

/* pidfd.c: -EBADF for an open descriptor that is not a pidfd, else 0. */
int c3_pidfd_check(int fd);

/* info.c: the pid is one of /proc's namespace; or -ESRCH, -EREMOTE, -ENOSYS without /proc. */
int c3_pidfd_raw_info(int pidfd, uint64_t mask, struct c3_pidfd_info *raw);
int c3_pidfd_pid_by_proc(int pidfd);

/* info.c: whether /proc numbers processes as the caller's pid namespace does; or -errno. */
int c3_proc_is_ours(void);

/* info.c: a file of the process's directory in /proc, to read; or as above, or -errno. */
int c3_pidfd_open_in_proc(int pidfd, const char *name);

/* wait.c: waitid(2), not interrupted; a pidfd that cannot be waited for is replaced by its pid. */
int c3_wait(int id_type, int id, long options, struct c3_siginfo *info, struct c3_rusage *usage);

#endif
