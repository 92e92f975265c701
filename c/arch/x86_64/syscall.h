/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* x86-64: the system call, and the numbers that differ between architectures (syscall_64.tbl). */

#define C3_NR_read 0
#define C3_NR_write 1
#define C3_NR_close 3
#define C3_NR_mmap 9
#define C3_NR_mprotect 10
#define C3_NR_munmap 11
#define C3_NR_rt_sigaction 13
#define C3_NR_rt_sigprocmask 14
#define C3_NR_ioctl 16
#define C3_NR_pread64 17
#define C3_NR_sched_yield 24
#define C3_NR_madvise 28
#define C3_NR_getpid 39
#define C3_NR_socket 41
#define C3_NR_clone 56
#define C3_NR_execve 59
#define C3_NR_exit 60
#define C3_NR_kill 62
#define C3_NR_uname 63
#define C3_NR_fcntl 72
#define C3_NR_chdir 80
#define C3_NR_fchdir 81
#define C3_NR_umask 95
#define C3_NR_ptrace 101
#define C3_NR_setpgid 109
#define C3_NR_getppid 110
#define C3_NR_setsid 112
#define C3_NR_setgroups 116
#define C3_NR_setresuid 117
#define C3_NR_getresuid 118
#define C3_NR_setresgid 119
#define C3_NR_getresgid 120
#define C3_NR_getpgid 121
#define C3_NR_capget 125
#define C3_NR_capset 126
#define C3_NR_personality 135
#define C3_NR_fstatfs 138
#define C3_NR_getpriority 140
#define C3_NR_setpriority 141
#define C3_NR_sched_getscheduler 145
#define C3_NR_pivot_root 155
#define C3_NR_prctl 157
#define C3_NR_chroot 161
#define C3_NR_mount 165
#define C3_NR_umount2 166
#define C3_NR_sethostname 170
#define C3_NR_gettid 186
#define C3_NR_futex 202
#define C3_NR_sched_setaffinity 203
#define C3_NR_getdents64 217
#define C3_NR_clock_gettime 228
#define C3_NR_exit_group 231
#define C3_NR_tgkill 234
#define C3_NR_waitid 247
#define C3_NR_keyctl 250
#define C3_NR_ioprio_set 251
#define C3_NR_openat 257
#define C3_NR_readlinkat 267
#define C3_NR_faccessat 269
#define C3_NR_ppoll 271
#define C3_NR_unshare 272
#define C3_NR_dup3 292
#define C3_NR_pipe2 293
#define C3_NR_prlimit64 302
#define C3_NR_setns 308
#define C3_NR_sched_setattr 314
#define C3_NR_seccomp 317
#define C3_NR_execveat 322

#define C3_O_DIRECTORY 0200000

/* No user address reaches this with five-level page tables (TASK_SIZE_MAX + a page). */
#define C3_USER_END (1ULL << 56)

static inline long c3_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* clone(2), continuing here in the child as well; the order of its arguments differs. */
static inline long c3_clone(uint64_t flags, uint64_t stack, uint64_t parent_tid, uint64_t child_tid,
			    uint64_t tls)
{
	return c3_syscall6(C3_NR_clone, (long)flags, (long)stack, (long)parent_tid, (long)child_tid,
			   (long)tls, 0);
}
