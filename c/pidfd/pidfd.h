/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of c/pidfd/ give each other. */
#ifndef C3_PIDFD_H
#define C3_PIDFD_H

#include "../syscall.h"
#include <clone3.h>

/* pidfd.c: -EBADF for an open descriptor that is not a pidfd, else 0. */
int c3_pidfd_check(int fd);

/* info.c */
int c3_pidfd_raw_info(int pidfd, uint64_t mask, struct c3_pidfd_info *raw);
int c3_pidfd_pid_by_proc(int pidfd);

#endif
