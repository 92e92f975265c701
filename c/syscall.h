/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Raw system calls, inline: c3_syscall1() to c3_syscall6() return what the kernel returns, -errno
 * included. No libc takes part: no errno, no cancellation, nothing that a child that shares memory
 * could disturb. The compiler's target picks the architecture.
 */
#ifndef C3_SYSCALL_H
#define C3_SYSCALL_H

#include "kernel.h"

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__LP64__)
#include "arch/x86_64/syscall.h"
#elif defined(__aarch64__) && defined(__LP64__)
#include "arch/aarch64/syscall.h"
#elif defined(__riscv) && __riscv_xlen == 64 && defined(__LP64__)
#include "arch/riscv64/syscall.h"
#else
#error "libclone3 has no c/arch folder for this architecture"
#endif

/* The calls that have one number everywhere (include/uapi/asm-generic/unistd.h from 424 on). */
#define C3_NR_pidfd_send_signal 424
#define C3_NR_move_mount 429
#define C3_NR_pidfd_open 434
#define C3_NR_clone3 435
#define C3_NR_close_range 436
#define C3_NR_pidfd_getfd 438
#define C3_NR_landlock_create_ruleset 444
#define C3_NR_landlock_restrict_self 446

/* A pointer as the kernel takes it. */
static inline long c3_address(const volatile void *pointer)
{
	return (long)(uintptr_t)pointer;
}

static inline long c3_syscall1(long nr, long a)
{
	return c3_syscall6(nr, a, 0, 0, 0, 0, 0);
}

static inline long c3_syscall2(long nr, long a, long b)
{
	return c3_syscall6(nr, a, b, 0, 0, 0, 0);
}

static inline long c3_syscall3(long nr, long a, long b, long c)
{
	return c3_syscall6(nr, a, b, c, 0, 0, 0);
}

static inline long c3_syscall4(long nr, long a, long b, long c, long d)
{
	return c3_syscall6(nr, a, b, c, d, 0, 0);
}

static inline long c3_syscall5(long nr, long a, long b, long c, long d, long e)
{
	return c3_syscall6(nr, a, b, c, d, e, 0);
}

/* close-on-exec is added; create is never meant, so there is no mode. */
static inline int c3_openat(int directory, const char *path, int flags)
{
	return (int)c3_syscall4(C3_NR_openat, directory, c3_address(path), flags | C3_O_CLOEXEC, 0);
}

static inline int c3_close(int fd)
{
	return (int)c3_syscall1(C3_NR_close, fd);
}

static inline long c3_read(int fd, void *buffer, size_t size)
{
	return c3_syscall3(C3_NR_read, fd, c3_address(buffer), (long)size);
}

static inline long c3_write(int fd, const void *buffer, size_t size)
{
	return c3_syscall3(C3_NR_write, fd, c3_address(buffer), (long)size);
}

static inline int c3_fcntl(int fd, int command, long argument)
{
	return (int)c3_syscall3(C3_NR_fcntl, fd, command, argument);
}

/* The arguments behind these must be 0 for some options, and are. */
static inline int c3_prctl(int option, long a, long b)
{
	return (int)c3_syscall3(C3_NR_prctl, option, a, b);
}

static inline int c3_ioctl(int fd, uint32_t request, long argument)
{
	return (int)c3_syscall3(C3_NR_ioctl, fd, (long)request, argument);
}

/* Whether it is open and of a cgroup v2; O_PATH is enough. */
static inline int c3_is_cgroup2(int fd)
{
	struct c3_statfs filesystem;

	filesystem.type = 0;
	return c3_syscall2(C3_NR_fstatfs, fd, c3_address(&filesystem)) == 0 &&
	       filesystem.type == C3_CGROUP2_SUPER_MAGIC;
}

/* Signal sets are the kernel's: bit n-1 is signal n. @old may be NULL. */
static inline int c3_sigmask(int how, const uint64_t *set, uint64_t *old)
{
	return (int)c3_syscall4(C3_NR_rt_sigprocmask, how, c3_address(set), c3_address(old),
				sizeof(*set));
}

#endif
