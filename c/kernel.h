/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The kernel's constants and structs, as its user-space ABI has them on every architecture here.
 * Distributions' headers lack the newer ones, and musl's compiler wrapper finds no <linux/...>.
 */
#ifndef C3_KERNEL_H
#define C3_KERNEL_H

#include <errno.h> /* the numbers only: errno itself is never used */
#include <stdint.h>

/* fcntl.h */
#define C3_O_RDONLY 0
#define C3_O_WRONLY 1
#define C3_O_CLOEXEC 02000000
#define C3_AT_FDCWD (-100)

/* mman.h */
#define C3_PROT_NONE 0
#define C3_PROT_READ_WRITE 3
#define C3_MAP_PRIVATE 0x02
#define C3_MAP_ANONYMOUS 0x20
#define C3_MAP_STACK 0x20000

/* signal.h */
#define C3_SIG_BLOCK 0
#define C3_SIG_SETMASK 2
#define C3_SIGCHLD 17
#define C3_NSIG 64
#define C3_CLD_EXITED 1
#define C3_CLD_KILLED 2
#define C3_CLD_DUMPED 3
#define C3_CLD_TRAPPED 4
#define C3_CLD_STOPPED 5
#define C3_CLD_CONTINUED 6

/* wait.h */
#define C3_P_PIDFD 3
#define C3_WEXITED 0x4
#define C3__WALL 0x40000000

/* The part of siginfo that waitid(2) fills; the kernel writes no more than 128 bytes. */
struct c3_siginfo {
	int32_t signo;
	int32_t error;
	int32_t code;
	int32_t pad;
	int32_t pid;
	uint32_t uid;
	int32_t status;
	int32_t unused[25];
};

struct c3_timespec {
	int64_t sec;
	int64_t nsec;
};

struct c3_timeval {
	int64_t sec;
	int64_t usec;
};

struct c3_rusage {
	struct c3_timeval user;
	struct c3_timeval system;
	int64_t max_rss_kib;
	int64_t unused1[3];
	int64_t minor_faults;
	int64_t major_faults;
	int64_t unused2[6];
	int64_t voluntary_switches;
	int64_t involuntary_switches;
};

/* time.h, poll.h */
#define C3_CLOCK_MONOTONIC 1
#define C3_POLLIN 0x1
#define C3_POLLPRI 0x2
#define C3_POLLHUP 0x10

struct c3_pollfd {
	int32_t fd;
	int16_t events;
	int16_t revents;
};

/* prctl.h */
#define C3_PR_GET_TID_ADDRESS 40

/* futex.h */
#define C3_FUTEX_CMP_REQUEUE_PRIVATE 132

/* magic.h */
#define C3_CGROUP2_SUPER_MAGIC 0x63677270

struct c3_statfs {
	int64_t type;
	int64_t unused[14];
};

/* pidfd.h: the namespace requests take no argument; GET_INFO's number carries the size. */
#define C3_PIDFD_GET_CGROUP_NAMESPACE 0xff01
#define C3_PIDFD_GET_IPC_NAMESPACE 0xff02
#define C3_PIDFD_GET_MNT_NAMESPACE 0xff03
#define C3_PIDFD_GET_NET_NAMESPACE 0xff04
#define C3_PIDFD_GET_PID_NAMESPACE 0xff05
#define C3_PIDFD_GET_TIME_NAMESPACE 0xff07
#define C3_PIDFD_GET_USER_NAMESPACE 0xff09
#define C3_PIDFD_GET_UTS_NAMESPACE 0xff0a
#define C3_PIDFD_GET_INFO (0xc000ff0bU | ((uint32_t)sizeof(struct c3_pidfd_info) << 16))

/* Linux 7.1. On 6.19 to 7.0 supported_mask stood where coredump_code is. */
struct c3_pidfd_info {
	uint64_t mask;
	uint64_t cgroup_id;
	uint32_t ids[11]; /* pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid */
	int32_t exit_code;
	uint32_t coredump_mask;
	uint32_t coredump_signal;
	union {
		struct {
			uint32_t coredump_code;
			uint32_t pad;
			uint64_t supported_mask;
		} since_7_1;
		uint64_t supported_mask_6_19;
	} tail;
};

_Static_assert(sizeof(struct c3_siginfo) == 128, "siginfo");
_Static_assert(sizeof(struct c3_rusage) == 144, "rusage");
_Static_assert(sizeof(struct c3_statfs) == 120, "statfs");
_Static_assert(sizeof(struct c3_pidfd_info) == 88, "pidfd_info");

#endif
