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
#define C3_O_PATH 010000000
#define C3_AT_FDCWD (-100)
#define C3_AT_EMPTY_PATH 0x1000
#define C3_F_GETFD 1
#define C3_F_SETFD 2
#define C3_F_DUPFD_CLOEXEC 1030
#define C3_FD_CLOEXEC 1

/* close_range.h, dirent.h */
#define C3_CLOSE_RANGE_UNSHARE 2
#define C3_CLOSE_RANGE_CLOEXEC 4

struct c3_dirent {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* mman.h */
#define C3_PROT_NONE 0
#define C3_PROT_READ_WRITE 3
#define C3_MAP_SHARED 0x01
#define C3_MAP_PRIVATE 0x02
#define C3_MAP_ANONYMOUS 0x20
#define C3_MAP_STACK 0x20000
#define C3_MADV_WIPEONFORK 18

/* signal.h */
#define C3_SIG_BLOCK 0
#define C3_SIG_SETMASK 2
#define C3_SIGKILL 9
#define C3_SIGCHLD 17
#define C3_SIGSTOP 19
#define C3_NSIG 64
#define C3_SIG_DFL 0
#define C3_SIG_IGN 1
#define C3_CLD_EXITED 1
#define C3_CLD_KILLED 2
#define C3_CLD_DUMPED 3
#define C3_CLD_TRAPPED 4
#define C3_CLD_STOPPED 5
#define C3_CLD_CONTINUED 6

/* wait.h */
#define C3_P_PID 1
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

struct c3_pollfd {
	int32_t fd;
	int16_t events;
	int16_t revents;
};

/* prctl.h, securebits.h */
#define C3_PR_SET_PDEATHSIG 1
#define C3_PR_GET_DUMPABLE 3
#define C3_PR_SET_DUMPABLE 4
#define C3_PR_SET_KEEPCAPS 8
#define C3_PR_CAPBSET_READ 23
#define C3_PR_CAPBSET_DROP 24
#define C3_PR_GET_SECUREBITS 27
#define C3_PR_SET_SECUREBITS 28
#define C3_PR_SET_TIMERSLACK 29
#define C3_PR_SET_CHILD_SUBREAPER 36
#define C3_PR_SET_NO_NEW_PRIVS 38
#define C3_PR_GET_TID_ADDRESS 40
#define C3_PR_CAP_AMBIENT 47
#define C3_PR_CAP_AMBIENT_IS_SET 1
#define C3_PR_CAP_AMBIENT_RAISE 2
#define C3_PR_CAP_AMBIENT_CLEAR_ALL 4
#define C3_SECBIT_NO_SETUID_FIXUP 0x4

/* capability.h */
#define C3_CAPABILITY_VERSION_3 0x20080522

struct c3_capability_header {
	uint32_t version;
	int32_t pid;
};

struct c3_capabilities { /* the lower 32 bits of each set, then the upper */
	struct {
		uint32_t effective;
		uint32_t permitted;
		uint32_t inheritable;
	} half[2];
};

/* futex.h */
#define C3_FUTEX_WAIT 0
#define C3_FUTEX_WAKE 1
#define C3_FUTEX_WAIT_PRIVATE 128
#define C3_FUTEX_WAKE_PRIVATE 129
#define C3_FUTEX_CMP_REQUEUE_PRIVATE 132

/* mount.h */
#define C3_MS_NOSUID 0x2
#define C3_MS_NODEV 0x4
#define C3_MS_NOEXEC 0x8
#define C3_MS_REC 0x4000
#define C3_MS_PRIVATE 0x40000
#define C3_MS_SLAVE 0x80000
#define C3_MNT_DETACH 0x2
#define C3_MOVE_MOUNT_F_EMPTY_PATH 0x4

/* socket.h, sockios.h, if.h */
#define C3_AF_INET 2
#define C3_SOCK_DGRAM 2
#define C3_SIOCGIFFLAGS 0x8913
#define C3_SIOCSIFFLAGS 0x8914
#define C3_IFF_UP 0x1

struct c3_ifreq {
	char name[16];
	int16_t flags;
	char unused[22];
};

/* utsname.h */
struct c3_utsname {
	char unused[2][65];
	char release[65];
	char unused_too[3][65];
};

/* asm-generic/ioctls.h */
#define C3_TIOCSCTTY 0x540e
#define C3_TIOCSPGRP 0x5410

/* keyctl.h, ptrace.h */
#define C3_KEYCTL_GET_KEYRING_ID 0
#define C3_KEYCTL_JOIN_SESSION_KEYRING 1
#define C3_KEY_SPEC_SESSION_KEYRING (-3)
#define C3_PTRACE_TRACEME 0

/* asm-generic/resource.h */
#define C3_RLIMIT_CPU 0
#define C3_RLIMIT_FSIZE 1
#define C3_RLIMIT_DATA 2
#define C3_RLIMIT_STACK 3
#define C3_RLIMIT_NOFILE 7
#define C3_RLIMIT_AS 9
#define C3_RLIMIT_NICE 13
#define C3_RLIMIT_RTPRIO 14
#define C3_RLIMIT_RTTIME 15

/* sched.h, sched/types.h */
#define C3_SCHED_OTHER 0
#define C3_SCHED_BATCH 3
#define C3_SCHED_IDLE 5

struct c3_sched_attr {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

/* ioprio.h */
#define C3_IOPRIO_WHO_PROCESS 1
#define C3_IOPRIO_CLASS_SHIFT 13
#define C3_IOPRIO_CLASS_RT 1

/* seccomp.h, filter.h, landlock.h */
#define C3_LANDLOCK_CREATE_RULESET_VERSION 1
#define C3_SECCOMP_SET_MODE_FILTER 1
#define C3_SECCOMP_GET_ACTION_AVAIL 2
#define C3_SECCOMP_RET_ALLOW 0x7fff0000U

struct c3_sock_fprog {
	uint16_t length;
	const void *filter;
};

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
_Static_assert(sizeof(struct c3_ifreq) == 40, "ifreq");
_Static_assert(sizeof(struct c3_pidfd_info) == 88, "pidfd_info");

#endif
