/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * libclone3: the whole public C interface.
 *
 * Create Linux processes with clone3(2), start programs from plans, hold both by pidfd, and learn why
 * a call was refused.
 *
 * Conventions, for all functions here:
 * - One that can fail returns 0 or a non-negative result, or -errno. errno is neither set nor read.
 * - It is thread-safe and async-signal-safe and allocates nothing on the heap. It takes no lock, but
 *   calls of clone3_spawn() that change credentials may wait for one another, as told there.
 * - Descriptors it returns are the caller's and close-on-exec.
 * - A struct with a `size` member, and a size argument, is versioned as the kernel's are: smaller
 *   means an older caller (missing members count as zero), larger with a nonzero tail is -E2BIG,
 *   below the first version is -EINVAL, above a page is -E2BIG before anything is read.
 * - A required pointer that is NULL is -EINVAL.
 *
 * Valid C99 to C23, and C++ from 11 on (98 with long long). Needs no kernel header and clashes
 * with none.
 */
#ifndef CLONE3_H
#define CLONE3_H

#include <stddef.h>
#include <stdint.h>

#if !defined(__LP64__)
#error "libclone3 supports 64-bit Linux only"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CLONE3_API __attribute__((visibility("default")))
#else
#define CLONE3_API
#endif

#define CLONE3_VERSION_MAJOR 0
#define CLONE3_VERSION_MINOR 1
#define CLONE3_VERSION_PATCH 0

/*
 * Flags of struct clone3_args: the kernel's names and values (include/uapi/linux/sched.h).
 * "Since" is the kernel in which clone3 first accepts the flag; unmarked: with clone3, in 5.3.
 */
#define CLONE3_NEWTIME 0x80ULL    /* new time namespace; since 6.3 and stable kernels of 2023 */
#define CLONE3_VM 0x100ULL        /* share memory */
#define CLONE3_FS 0x200ULL        /* share root, working directory and umask */
#define CLONE3_FILES 0x400ULL     /* share the descriptor table */
#define CLONE3_SIGHAND 0x800ULL   /* share signal handlers; needs VM */
#define CLONE3_PIDFD 0x1000ULL    /* store a pidfd at args.pidfd */
#define CLONE3_PTRACE 0x2000ULL   /* a tracer of the caller traces the child too */
#define CLONE3_VFORK 0x4000ULL    /* suspend the caller until the child execs or exits */
#define CLONE3_PARENT 0x8000ULL   /* the caller's parent becomes the child's parent */
#define CLONE3_THREAD 0x10000ULL  /* a thread of the caller's process; needs SIGHAND */
#define CLONE3_NEWNS 0x20000ULL   /* new mount namespace */
#define CLONE3_SYSVSEM 0x40000ULL /* share System V semaphore undo values */
#define CLONE3_SETTLS 0x80000ULL  /* set the thread pointer to args.tls */
#define CLONE3_PARENT_SETTID 0x100000ULL    /* store the tid at args.parent_tid, in the caller */
#define CLONE3_CHILD_CLEARTID 0x200000ULL   /* clear args.child_tid, wake its futex at the end */
#define CLONE3_DETACHED 0x400000ULL         /* obsolete: clone3 always refuses it */
#define CLONE3_UNTRACED 0x800000ULL         /* PTRACE cannot be forced on the child */
#define CLONE3_CHILD_SETTID 0x1000000ULL    /* store the tid at args.child_tid, in the child */
#define CLONE3_NEWCGROUP 0x2000000ULL       /* new cgroup namespace */
#define CLONE3_NEWUTS 0x4000000ULL          /* new UTS namespace: host and domain name */
#define CLONE3_NEWIPC 0x8000000ULL          /* new IPC namespace */
#define CLONE3_NEWUSER 0x10000000ULL        /* new user namespace */
#define CLONE3_NEWPID 0x20000000ULL         /* new pid namespace */
#define CLONE3_NEWNET 0x40000000ULL         /* new network namespace */
#define CLONE3_IO 0x80000000ULL             /* share the I/O context */
#define CLONE3_CLEAR_SIGHAND 0x100000000ULL /* handlers back to default, ignored stays; since 5.5 */
#define CLONE3_INTO_CGROUP 0x200000000ULL   /* born in the cgroup v2 args.cgroup; since 5.7 */
#define CLONE3_AUTOREAP 0x400000000ULL      /* never a zombie; since 7.1 */
#define CLONE3_NNP 0x800000000ULL           /* no_new_privs from birth; since 7.1 */
#define CLONE3_PIDFD_AUTOKILL 0x1000000000ULL /* killed when the last pidfd closes; since 7.1 */
#define CLONE3_EMPTY_MNTNS 0x2000000000ULL /* new mount namespace with an empty root; since 7.1 */

/* Sizes of struct clone3_args: Linux 5.3; 5.5 added set_tid and set_tid_size; 5.7 added cgroup. */
#define CLONE3_ARGS_SIZE_VER0 64
#define CLONE3_ARGS_SIZE_VER1 80
#define CLONE3_ARGS_SIZE_VER2 88

/**
 * struct clone3_args - the kernel's struct clone_args; see clone3(2).
 * @flags:        CLONE3_*
 * @pidfd:        with PIDFD: address of an int that receives the pidfd
 * @child_tid:    with CHILD_SETTID or CHILD_CLEARTID: address of an int in the child's memory
 * @parent_tid:   with PARENT_SETTID: address of an int in the caller's memory
 * @exit_signal:  signal number sent to the parent at the end, 0 for none
 * @stack:        lowest address of the child's stack, or 0
 * @stack_size:   its size in bytes, or 0
 * @tls:          with SETTLS: the child's thread pointer
 * @set_tid:      address of an array of int, pids to take, innermost pid namespace first, or 0
 * @set_tid_size: number of elements (at most 32), or 0
 * @cgroup:       with INTO_CGROUP: descriptor of a cgroup v2 directory (O_RDONLY or O_PATH)
 *
 * A member said to be "with" a flag counts only with it and may hold anything otherwise. The
 * kernel keeps none of the addresses but child_tid. Convert pointers through uintptr_t.
 */
struct clone3_args {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid;
	uint64_t set_tid_size;
	uint64_t cgroup;
};

/**
 * clone3_args_init() - prepare arguments for a child like fork's.
 * @args: all members become zero but exit_signal, which becomes SIGCHLD; NULL does nothing
 */
CLONE3_API void clone3_args_init(struct clone3_args *args);

/**
 * clone3_fork() - create a child that continues here, as fork(2) does.
 * @args: what to create
 * @size: sizeof(*args) as the caller knows it
 *
 * Returns twice. The child has a copy of the caller's memory and of the calling thread alone:
 * atfork handlers do not run, and in the child of a threaded caller only async-signal-safe
 * functions may be called until exec or _exit. VM, THREAD, SIGHAND, SETTLS and a stack are
 * refused: with them the child would come back on memory that is another thread's. VFORK suspends
 * the calling thread until the child execs or ends.
 *
 * The libc's cached thread id (glibc: owner of an error-checking or recursive mutex) is made right
 * in the child where prctl(PR_GET_TID_ADDRESS) tells its place, unless CHILD_SETTID or
 * CHILD_CLEARTID is set or the struct is newer than this library.
 *
 * A zero tail is cut and the kernel is handed the smallest version of the struct that holds what
 * is used. A nonzero byte behind the members known here hands the caller's struct and size to the
 * kernel as they are.
 *
 * Where clone3 is missing (-ENOSYS) or filtered (-EPERM for every call), clone(2) is called
 * instead if that loses nothing. CLONE3_NEWTIME, bits from 2^32 up and set_tid would be lost: then
 * that errno is returned. parent_tid is then written after the call by this function: with PIDFD,
 * a bad address there faults.
 *
 * With PIDFD the descriptor is the caller's, close-on-exec, and stored before the child runs; on
 * failure it is not written.
 *
 * Return: the child's pid in the caller, 0 in the child, or
 * -EINVAL (NULL, a size below 64, a refused flag or a stack, or what clone3_check() explains),
 * -E2BIG (a size above a page, or a nonzero tail that the kernel does not know),
 * -EFAULT (set_tid or pidfd is a bad address), -EPERM, -EAGAIN, -ENOMEM, -ENOSPC, -EMFILE,
 * -ENFILE, -EEXIST (set_tid is in use), -EBADF, -ENOENT, -ENODEV, -EACCES, -EBUSY, -EOPNOTSUPP
 * (the cgroup's), -ENOSYS. clone3_explain() tells the likely causes. Since Linux 5.3, by clone(2)
 * since 5.2. See clone3(2).
 */
CLONE3_API int clone3_fork(const struct clone3_args *args, size_t size);

/**
 * clone3_call() - create a child that runs a function on its own stack.
 * @args: what to create; `stack` is the lowest address
 * @size: sizeof(*args) as the caller knows it
 * @fn:   runs in the child; its value is the child's exit status (the exit of the thread alone
 *        where THREAD is set)
 * @arg:  passed to @fn
 *
 * With VM a stack is required: at least 256 bytes below its top, which is aligned down to 16. It
 * may be freed once CHILD_CLEARTID has cleared child_tid, or after the wait. Without VM the stack
 * is optional: the child has a copy of the caller's, and the notes on clone3_fork() hold. fn must
 * not unwind or longjmp out of itself. The thread needs no libc, but where it has none (no SETTLS
 * with a thread pointer made by the libc) fn must not use it: errno and the stack protector's
 * canary are then the caller's.
 *
 * A child with VM that is not a THREAD would run the caller's signal handlers with the caller's
 * thread pointer. So all signals are blocked around the clone, and stay blocked in such a child;
 * with CLEAR_SIGHAND, which leaves it no handler, the child has the caller's mask instead. A
 * THREAD has the caller's mask: block signals around the call for one without a thread pointer of
 * its own. With SIGHAND a child that faults while its signals are blocked makes the kernel reset
 * that signal's handler, which is the caller's too.
 *
 * On aarch64 with SME, ZA must be off at the call, as the procedure call standard asks for of
 * functions that do not know it.
 *
 * Size, tail, cached thread id, descriptor ownership and fall back are as in clone3_fork(). Under
 * VM, PIDFD with PARENT_SETTID cannot fall back.
 *
 * Return: the child's tid, or as clone3_fork(), where -EINVAL is also a NULL @fn, and under VM a
 * missing stack, one that is too small, or one outside user space. See clone3(2).
 */
CLONE3_API int clone3_call(const struct clone3_args *args, size_t size, int (*fn)(void *),
			   void *arg);

/**
 * clone3_check() - what the kernel's fixed rules say of arguments, and why.
 * @args:   judged; no address in it is followed
 * @size:   sizeof(*args) as the caller knows it
 * @reason: receives a constant sentence that names each flag at fault, "" for 0; may be NULL
 *
 * The verdict is that of Linux 7.1, the newest that this version knows, on what does not depend on
 * the system's state: not rights, limits, what the running kernel supports, being a pid
 * namespace's init or having left one's pid namespace. Creates nothing.
 *
 * Return: 0, -EINVAL or -E2BIG.
 */
CLONE3_API int clone3_check(const struct clone3_args *args, size_t size, const char **reason);

/**
 * clone3_explain() - the likely causes of an errno that clone3 gave.
 * @args:   what was asked for; NULL if it is unknown
 * @size:   sizeof(*args) as the caller knows it
 * @errnum: the errno, of either sign
 *
 * Names the capability, sysctl, limit, filter or rule to look at. Creates nothing.
 *
 * Return: a constant sentence, "" if no cause is known.
 */
CLONE3_API const char *clone3_explain(const struct clone3_args *args, size_t size, int errnum);

/**
 * clone3_flag_name() - the kernel's name of a flag.
 * @flag: one CLONE3_* bit
 *
 * Return: a constant such as "CLONE_NEWPID", or NULL if @flag is not exactly one known bit.
 */
CLONE3_API const char *clone3_flag_name(uint64_t flag);

/**
 * struct clone3_stack - memory for the stack of a clone3_call() child.
 * @base: lowest usable address: args.stack
 * @size: usable bytes: args.stack_size
 *
 * A guard page lies below @base and belongs to the mapping. Both are 0 when there is no stack.
 */
struct clone3_stack {
	void *base;
	size_t size;
};

/**
 * clone3_stack_map() - map a stack with a guard page.
 * @size:  usable bytes, rounded up to whole pages
 * @stack: receives the mapping, which is the caller's until clone3_stack_unmap()
 *
 * An overflow by less than a page is a SIGSEGV.
 *
 * Return: 0, -EINVAL (@size 0), -ENOMEM, or -EAGAIN (RLIMIT_MEMLOCK under mlockall(2)), with
 * @stack empty.
 */
CLONE3_API int clone3_stack_map(size_t size, struct clone3_stack *stack);

/**
 * clone3_stack_unmap() - unmap a stack and its guard page.
 * @stack: as clone3_stack_map() filled it; empty afterwards. An empty one is fine.
 *
 * Return: 0, or -EINVAL if it cannot be a mapping's address and size: then nothing is changed. Of any
 * other memory than a stack's it unmaps what is there, as munmap(2).
 */
CLONE3_API int clone3_stack_unmap(struct clone3_stack *stack);

#define CLONE3_SUPPORT_SIZE_VER0 32

/**
 * struct clone3_support - what this process may use here and now.
 * @size:         in: sizeof(struct clone3_support) as the caller knows it
 * @clone3_error: 0, or the positive errno that every clone3 gives here (ENOSYS, or a filter's)
 * @args_size:    largest struct clone3_args the kernel knows: 64, 80 or 88; 0 without clone3
 * @flags:        CLONE3_* that clone3_fork() or clone3_call() can honour, with the rights that
 *                each needs; never DETACHED
 * @steps:        CLONE3_STEP_* that clone3_spawn() takes here without emulation, with the rights
 *                that each needs
 */
struct clone3_support {
	uint64_t size;
	int32_t clone3_error;
	uint32_t args_size;
	uint64_t flags;
	uint64_t steps;
};

/**
 * clone3_probe() - find out what can be used here.
 * @support: size in, all else out
 *
 * Asks the kernel, with arguments that it refuses only after it has looked at the flag, so that no
 * process is created. Takes about 0.1 ms. The answer holds for this process now: a seccomp filter
 * may be added later.
 *
 * Return: 0, -EINVAL (NULL, a size below the first version's), -E2BIG.
 */
CLONE3_API int clone3_probe(struct clone3_support *support);

/* Options of clone3_pidfd_wait(): the values of <sys/wait.h>. */
#define CLONE3_WAIT_NOHANG 0x1       /* do not block */
#define CLONE3_WAIT_STOPPED 0x2      /* also report a stop */
#define CLONE3_WAIT_CONTINUED 0x8    /* also report a continuation */
#define CLONE3_WAIT_NOWAIT 0x1000000 /* leave it waitable */

/**
 * struct clone3_exit - how a child ended, or changed state. Frozen: it will not grow.
 * @pid:            the child; 0 if the kernel no longer knows it (auto-reaped)
 * @code:           CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_STOPPED, CLD_CONTINUED or CLD_TRAPPED
 *                  of <signal.h>
 * @status:         the exit status (CLD_EXITED), otherwise the signal number
 * @wait_status:    the same as wait(2) encodes it, for WIFEXITED() and its kin
 * @user_ns:        user CPU time of the child and its waited-for descendants, ns
 * @system_ns:      system CPU time, ns
 * @max_rss_bytes:  largest resident set size, bytes; of a program at least the caller's, whose
 *                  memory the child had until exec
 * @minor_faults:   page faults without I/O
 * @major_faults:   page faults with I/O
 * @voluntary_switches:   context switches by waiting
 * @involuntary_switches: context switches by preemption
 */
struct clone3_exit {
	int32_t pid;
	int32_t code;
	int32_t status;
	int32_t wait_status;
	uint64_t user_ns;
	uint64_t system_ns;
	uint64_t max_rss_bytes;
	uint64_t minor_faults;
	uint64_t major_faults;
	uint64_t voluntary_switches;
	uint64_t involuntary_switches;
};

#define CLONE3_OPEN_THREAD 0x80    /* O_EXCL: a thread, by its tid; since 6.9 */
#define CLONE3_OPEN_NONBLOCK 0x800 /* O_NONBLOCK: waits answer -EAGAIN; since 5.10 */

/**
 * clone3_pidfd_open() - get a pidfd of a running process.
 * @pid:   process id (with CLONE3_OPEN_THREAD: thread id) in the caller's pid namespace
 * @flags: CLONE3_OPEN_*
 *
 * Free of races only where the pid cannot be reused meanwhile: for a child not yet waited for.
 * CLONE3_PIDFD has no such limit.
 *
 * Return: the descriptor, or -EINVAL (@pid below 1, unknown flag, one that the kernel is too old
 * for), -ESRCH, -ENOENT (a thread's id without CLONE3_OPEN_THREAD; -EINVAL on older kernels),
 * -EMFILE, -ENFILE, -ENOMEM, -ENOSYS. Since Linux 5.3. See pidfd_open(2).
 */
CLONE3_API int clone3_pidfd_open(int pid, unsigned int flags);

#define CLONE3_SIGNAL_THREAD 1 /* to the thread alone */
#define CLONE3_SIGNAL_GROUP 2  /* to the process, though the pidfd is a thread's */
#define CLONE3_SIGNAL_PGROUP 4 /* to the process group that it leads */

/**
 * clone3_pidfd_send_signal() - send a signal.
 * @pidfd: refers to the process or thread
 * @signo: signal number; 0 only checks
 * @flags: 0 (what the pidfd refers to), or one CLONE3_SIGNAL_*, since 6.9
 *
 * Return: 0, or -EINVAL (@signo, @flags), -EBADF (not a pidfd), -ESRCH (reaped, or it leads no
 * process group), -EPERM, -ENOSYS. A zombie takes any signal. Since Linux 5.1. See
 * pidfd_send_signal(2).
 */
CLONE3_API int clone3_pidfd_send_signal(int pidfd, int signo, unsigned int flags);

/**
 * clone3_pidfd_getfd() - duplicate a descriptor of another process.
 * @pidfd:  refers to the process
 * @target: descriptor number in that process
 *
 * Needs PTRACE_MODE_ATTACH_REALCREDS over the process. The new descriptor is close-on-exec.
 *
 * Return: the new descriptor, or -EBADF (not a pidfd; @target is not open there), -EPERM, -ESRCH
 * (it has ended; a zombie on kernels before 6.1: -EBADF), -EMFILE, -ENOSYS. Since Linux 5.6. See
 * pidfd_getfd(2).
 */
CLONE3_API int clone3_pidfd_getfd(int pidfd, int target);

/**
 * clone3_pidfd_wait() - wait until a child ends or changes state.
 * @pidfd:   refers to the caller's child
 * @options: CLONE3_WAIT_*
 * @result:  receives what happened and the resources used; zeroed first; may be NULL
 *
 * Ends are always reported, those of children with any exit_signal included. Goes on after a
 * signal handler. Reaps the child unless CLONE3_WAIT_NOWAIT is given.
 *
 * A process that has ended and been reaped by other means (AUTOREAP, SIGCHLD ignored, elsewhere in
 * the program, by its own parent if that is another process) is answered from what its pidfd still
 * knows, since Linux 6.15: code and status, all else 0. One that is not the caller's child, and that
 * nobody reaps, takes 50 ms until that is known, whatever the options and the time.
 *
 * Return: 1 (@result is filled), 0 (CLONE3_WAIT_NOHANG, and nothing yet), or -EINVAL (@options),
 * -EBADF (not a pidfd), -ECHILD (not a child of the caller, or reaped already, and its pidfd does
 * not tell), -EAGAIN (@pidfd is non-blocking, and nothing yet). Since Linux 5.4. See waitid(2).
 */
CLONE3_API int clone3_pidfd_wait(int pidfd, unsigned int options, struct clone3_exit *result);

/**
 * clone3_pidfd_wait_timeout() - wait for a limited time.
 * @pidfd:      refers to the caller's child
 * @options:    CLONE3_WAIT_* without NOHANG
 * @timeout_ns: nanoseconds on the monotonic clock; 0 looks once, negative waits for ever
 * @result:     as in clone3_pidfd_wait()
 *
 * Works on a non-blocking pidfd too. The time does not pass while the system is suspended. A pidfd
 * does not tell of stops and continuations: with those options the kernel is asked every 10 ms.
 *
 * Return: 1 (@result is filled), or -ETIMEDOUT, or as clone3_pidfd_wait() but -EAGAIN; or the errno of
 * a filter that refuses clock_gettime(2). Since Linux 5.4.
 */
CLONE3_API int clone3_pidfd_wait_timeout(int pidfd, unsigned int options, int64_t timeout_ns,
					 struct clone3_exit *result);

/**
 * clone3_pidfd_namespace() - get a namespace of a process.
 * @pidfd:          refers to the process
 * @namespace_flag: one of NEWCGROUP, NEWIPC, NEWNS, NEWNET, NEWPID, NEWTIME, NEWUSER, NEWUTS
 *
 * NEWPID and NEWTIME mean the namespaces the process is in, not those of its children. Needs
 * PTRACE_MODE_READ_FSCREDS over the process.
 *
 * Return: a descriptor for setns(2), close-on-exec, or -EINVAL (not exactly one kind), -EBADF (not
 * a pidfd), -ESRCH (it has ended), -EPERM or -EACCES, -EOPNOTSUPP (a kind the kernel was built
 * without), -EMFILE. Since Linux 6.11; before, by /proc, which must then be mounted: else -ENOSYS.
 */
CLONE3_API int clone3_pidfd_namespace(int pidfd, uint64_t namespace_flag);

/**
 * clone3_pidfd_setns() - move the calling thread into namespaces of a process.
 * @pidfd:           refers to the process
 * @namespace_flags: one or more of the kinds that clone3_pidfd_namespace() takes
 *
 * All of them or none. NEWPID changes where the caller's next children are born. NEWUSER and
 * NEWTIME need a single-threaded caller, NEWNS one that shares no FS.
 *
 * Return: 0, or -EINVAL (no kind, another bit, a kernel before 5.8, or a rule of setns(2)),
 * -EBADF (not a pidfd), -ESRCH (it has ended), -EPERM, -EUSERS, -ENOMEM. Since Linux 5.8. See
 * setns(2).
 */
CLONE3_API int clone3_pidfd_setns(int pidfd, uint64_t namespace_flags);

/* What struct clone3_pidfd_info holds: bits of its mask, the kernel's values. */
#define CLONE3_INFO_PID 0x1ULL              /* pid, tgid, ppid */
#define CLONE3_INFO_CREDS 0x2ULL            /* ruid to fsgid */
#define CLONE3_INFO_CGROUPID 0x4ULL         /* cgroup_id */
#define CLONE3_INFO_EXIT 0x8ULL             /* wait_status, once it has been reaped; since 6.15 */
#define CLONE3_INFO_COREDUMP 0x10ULL        /* coredump_mask; since 6.16 */
#define CLONE3_INFO_SUPPORTED_MASK 0x20ULL  /* supported; since 6.19 */
#define CLONE3_INFO_COREDUMP_SIGNAL 0x40ULL /* coredump_signal; since 6.19 */
#define CLONE3_INFO_COREDUMP_CODE 0x80ULL   /* coredump_code; since 7.1 */

#define CLONE3_PIDFD_INFO_SIZE_VER0 96

/**
 * struct clone3_pidfd_info - what the kernel knows of a process by its pidfd.
 * @size:        in: sizeof(struct clone3_pidfd_info) as the caller knows it
 * @mask:        in: CLONE3_INFO_* wanted; out: those filled, which may be more or fewer
 * @cgroup_id:   id of its cgroup v2, the inode number of the directory
 * @pid:         thread id in the caller's pid namespace
 * @tgid:        process id there
 * @ppid:        its parent's process id there, 0 if that is outside
 * @ruid: @rgid: @euid: @egid: @suid: @sgid: @fsuid: @fsgid: ids in the caller's user namespace
 * @wait_status: how it ended, as wait(2) encodes it
 * @coredump_mask:   PIDFD_COREDUMP* of <linux/pidfd.h>
 * @coredump_signal: signal that dumped core
 * @coredump_code:   its si_code
 * @reserved:    0
 * @supported:   CLONE3_INFO_* that the running kernel knows
 */
struct clone3_pidfd_info {
	uint64_t size;
	uint64_t mask;
	uint64_t cgroup_id;
	uint32_t pid;
	uint32_t tgid;
	uint32_t ppid;
	uint32_t ruid;
	uint32_t rgid;
	uint32_t euid;
	uint32_t egid;
	uint32_t suid;
	uint32_t sgid;
	uint32_t fsuid;
	uint32_t fsgid;
	int32_t wait_status;
	uint32_t coredump_mask;
	uint32_t coredump_signal;
	uint32_t coredump_code;
	uint32_t reserved;
	uint64_t supported;
};

/**
 * clone3_pidfd_get_info() - ask what the kernel knows of a process.
 * @pidfd: refers to the process
 * @info:  size and mask in; everything but size out
 *
 * The struct's layout is this library's: the kernel's changed incompatibly in 7.1. Members whose
 * bit is not in mask afterwards are zero.
 *
 * Return: 0, or -EINVAL, -E2BIG (@info's size), -EBADF (not a pidfd), -ESRCH (reaped, and
 * CLONE3_INFO_EXIT is not wanted or not known), -EREMOTE (it is in no pid namespace below the
 * caller's), -ENOSYS (the kernel is older than 6.13 and more than CLONE3_INFO_PID is wanted, or
 * /proc, which then tells pid and tgid, is not mounted or another pid namespace's), or from opening
 * /proc then -EACCES, -EMFILE, -ENFILE. Since Linux 6.13.
 */
CLONE3_API int clone3_pidfd_get_info(int pidfd, struct clone3_pidfd_info *info);

/**
 * clone3_cgroup_kill() - kill every process in a cgroup and below.
 * @cgroup_fd: its cgroup v2 directory (O_RDONLY or O_PATH)
 *
 * Also kills what is being forked there. Asynchronous: clone3_cgroup_wait_empty() waits for the
 * end. A cgroup that was killed once kills what CLONE3_INTO_CGROUP bears into it later (seen on
 * Linux 6.18): remove it and make it anew.
 *
 * Return: 0, or -EBADF (not a cgroup v2 directory), -EOPNOTSUPP (the root, a threaded cgroup, or a
 * kernel before 5.14), -ENODEV (it was removed), -EACCES. Since Linux 5.14.
 */
CLONE3_API int clone3_cgroup_kill(int cgroup_fd);

/**
 * clone3_cgroup_wait_empty() - wait until no process is in a cgroup or below.
 * @cgroup_fd:  its cgroup v2 directory (O_RDONLY or O_PATH)
 * @timeout_ns: nanoseconds on the monotonic clock; 0 looks once, negative waits for ever
 *
 * Zombies do not count; but what was just reaped may, for a moment (seen on Linux 7.2). A cgroup that
 * was removed is empty.
 *
 * Return: 0, or -ETIMEDOUT, -EBADF (not a cgroup v2 directory), -EOPNOTSUPP (the root), -EACCES,
 * -EMFILE; or the errno of a filter that refuses clock_gettime(2). Since Linux 4.5.
 */
CLONE3_API int clone3_cgroup_wait_empty(int cgroup_fd, int64_t timeout_ns);

/*
 * The steps of a plan, in the order in which they are taken. One name serves to ask for a step, to
 * make it optional, to report it and to say where an error came from.
 */
#define CLONE3_STEP_NAMESPACES 0x1ULL
#define CLONE3_STEP_CGROUP 0x2ULL
#define CLONE3_STEP_SET_TID 0x4ULL
#define CLONE3_STEP_AUTO_REAP 0x8ULL
#define CLONE3_STEP_KILL_ON_CLOSE 0x10ULL
#define CLONE3_STEP_IGNORE_SIGNALS 0x20ULL
#define CLONE3_STEP_DEFAULT_SIGNALS 0x40ULL
#define CLONE3_STEP_JOIN_NAMESPACES 0x80ULL
#define CLONE3_STEP_SESSION 0x100ULL
#define CLONE3_STEP_PROCESS_GROUP 0x200ULL
#define CLONE3_STEP_CONTROLLING_TTY 0x400ULL
#define CLONE3_STEP_FOREGROUND 0x800ULL
#define CLONE3_STEP_DENY_SETGROUPS 0x1000ULL
#define CLONE3_STEP_UID_MAP 0x2000ULL
#define CLONE3_STEP_GID_MAP 0x4000ULL
#define CLONE3_STEP_TIME_OFFSETS 0x8000ULL
#define CLONE3_STEP_OOM_SCORE_ADJ 0x10000ULL
#define CLONE3_STEP_PRIVATE_MOUNTS 0x20000ULL
#define CLONE3_STEP_MOUNTS 0x40000ULL
#define CLONE3_STEP_PIVOT_ROOT 0x80000ULL
#define CLONE3_STEP_ROOT 0x100000ULL
#define CLONE3_STEP_PROC_MOUNT 0x200000ULL
#define CLONE3_STEP_HOSTNAME 0x400000ULL
#define CLONE3_STEP_LOOPBACK 0x800000ULL
#define CLONE3_STEP_UMASK 0x1000000ULL
#define CLONE3_STEP_PERSONALITY 0x2000000ULL
#define CLONE3_STEP_SUBREAPER 0x4000000ULL
#define CLONE3_STEP_TIMER_SLACK 0x8000000ULL
#define CLONE3_STEP_KEYRING 0x10000000ULL
#define CLONE3_STEP_NICE 0x20000000ULL
#define CLONE3_STEP_SCHEDULER 0x40000000ULL
#define CLONE3_STEP_AFFINITY 0x80000000ULL
#define CLONE3_STEP_IO_PRIORITY 0x100000000ULL
#define CLONE3_STEP_FDS 0x200000000ULL
#define CLONE3_STEP_CLOSE_OTHERS 0x400000000ULL
#define CLONE3_STEP_RLIMITS 0x800000000ULL
#define CLONE3_STEP_CAPABILITIES 0x1000000000ULL
#define CLONE3_STEP_GROUPS 0x2000000000ULL
#define CLONE3_STEP_GID 0x4000000000ULL
#define CLONE3_STEP_UID 0x8000000000ULL
#define CLONE3_STEP_CWD 0x10000000000ULL
#define CLONE3_STEP_CWD_FD 0x20000000000ULL
#define CLONE3_STEP_PARENT_DEATH_SIGNAL 0x40000000000ULL
#define CLONE3_STEP_NO_NEW_PRIVS 0x80000000000ULL
#define CLONE3_STEP_LANDLOCK 0x100000000000ULL
#define CLONE3_STEP_SIGNAL_MASK 0x200000000000ULL
#define CLONE3_STEP_PTRACE_ME 0x400000000000ULL
#define CLONE3_STEP_SECCOMP 0x800000000000ULL
#define CLONE3_STEP_EXEC_FD 0x1000000000000ULL
/* Only in reports: the plan as a whole is malformed; the clone; the exec. */
#define CLONE3_STEP_CHECK 0x2000000000000000ULL
#define CLONE3_STEP_CLONE 0x4000000000000000ULL
#define CLONE3_STEP_EXEC 0x8000000000000000ULL

/* One setns(2): @fd is a namespace's descriptor, or a pidfd whose @namespaces are meant. */
struct clone3_join {
	int32_t fd;
	uint32_t reserved;
	uint64_t namespaces;
};

/* One line of uid_map or gid_map. */
struct clone3_id_range {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

/* A detached mount (open_tree(2), fsmount(2)) and where it goes. */
struct clone3_mount {
	int32_t mount_fd;
	uint32_t reserved;
	const char *target;
};

/* The child's descriptor @target is the caller's @source. */
struct clone3_fd {
	int32_t source;
	int32_t target;
};

/* RLIMIT_* of <sys/resource.h>, in its unit; UINT64_MAX is unlimited. */
struct clone3_rlimit {
	uint32_t resource;
	uint32_t reserved;
	uint64_t soft;
	uint64_t hard;
};

#define CLONE3_CAPS_KEEP 0xffffffffffffffffULL

/* Sets of capabilities, bit n is capability n; CLONE3_CAPS_KEEP leaves a set, or securebits, alone. */
struct clone3_caps {
	uint64_t bounding;
	uint64_t permitted;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t ambient;
	uint32_t securebits; /* SECBIT_* of <linux/securebits.h> */
	uint32_t reserved;
};

/* The kernel's struct sock_filter. */
struct clone3_filter {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

#define CLONE3_PLAN_SIZE_VER0 456

/**
 * struct clone3_plan - a program to start, and all that is to be done before it runs.
 * @size:     sizeof(struct clone3_plan) as the caller knows it
 * @steps:    CLONE3_STEP_* to take. A field counts only if its step is set; else it must be 0
 * @optional: of those, steps whose failure does not fail the spawn; it is reported in
 *            clone3_child.omitted. Not allowed for ROOT, PIVOT_ROOT, CAPABILITIES, GROUPS, GID,
 *            UID, nor, beside the last four, for a new or joined user namespace
 * @path:     the program. Relative to the new root and directory
 * @argv:     its arguments, ended by NULL; at least one
 * @envp:     its environment, ended by NULL; NULL: environ
 * @search_path: directories, separated by colons, in which a @path without a slash is looked for;
 *            an empty one is the current directory. NULL: @path is not searched
 *
 * The rest belongs to steps; clone3_spawn() tells what each does. Descriptors are the caller's
 * numbers and stay the caller's.
 */
struct clone3_plan {
	uint64_t size;
	uint64_t steps;
	uint64_t optional;
	const char *path;
	const char *const *argv;
	const char *const *envp;
	const char *search_path;
	uint64_t namespaces;    /* NAMESPACES: CLONE3_NEW*, EMPTY_MNTNS */
	const int32_t *set_tid; /* SET_TID */
	size_t set_tid_count;
	uint64_t ignore_signals;         /* IGNORE_SIGNALS: bit n-1 is signal n, here and below */
	uint64_t default_signals;        /* DEFAULT_SIGNALS */
	const struct clone3_join *joins; /* JOIN_NAMESPACES */
	size_t join_count;
	const struct clone3_id_range *uid_map; /* UID_MAP */
	size_t uid_map_count;
	const struct clone3_id_range *gid_map; /* GID_MAP */
	size_t gid_map_count;
	int64_t monotonic_offset_ns; /* TIME_OFFSETS: nanoseconds */
	int64_t boottime_offset_ns;
	const struct clone3_mount *mounts; /* MOUNTS */
	size_t mount_count;
	const char *pivot_root;  /* PIVOT_ROOT: directory */
	const char *root;        /* ROOT: directory */
	const char *hostname;    /* HOSTNAME */
	uint64_t timer_slack_ns; /* TIMER_SLACK: nanoseconds, at least 1 */
	uint64_t sched_flags;    /* SCHEDULER: SCHED_FLAG_*, and the five below */
	uint64_t sched_runtime_ns;
	uint64_t sched_deadline_ns;
	uint64_t sched_period_ns;
	const uint64_t *affinity; /* AFFINITY: bit n % 64 of word n / 64 is CPU n */
	size_t affinity_words;
	const struct clone3_fd *fds; /* FDS */
	size_t fd_count;
	const struct clone3_rlimit *rlimits; /* RLIMITS */
	size_t rlimit_count;
	struct clone3_caps caps; /* CAPABILITIES */
	const uint32_t *groups;  /* GROUPS: supplementary groups, count 0 drops all */
	size_t group_count;
	const char *cwd;                     /* CWD: directory */
	uint64_t signal_mask;                /* SIGNAL_MASK */
	const struct clone3_filter *seccomp; /* SECCOMP: a filter program */
	size_t seccomp_count;
	int32_t cgroup_fd;          /* CGROUP: directory of cgroup v2 */
	int32_t process_group;      /* PROCESS_GROUP: 0 is a new one of its own */
	int32_t controlling_tty_fd; /* CONTROLLING_TTY */
	int32_t foreground_fd;      /* FOREGROUND: terminal */
	int32_t oom_score_adj;      /* OOM_SCORE_ADJ: -1000 to 1000 */
	uint32_t umask;             /* UMASK: at most 0777 */
	uint32_t personality;       /* PERSONALITY: of <sys/personality.h> */
	int32_t nice;               /* NICE: -20 to 19 */
	int32_t sched_policy;
	int32_t sched_priority;
	uint32_t io_priority;        /* IO_PRIORITY: class << 13 | level */
	uint32_t gid;                /* GID */
	uint32_t uid;                /* UID */
	int32_t cwd_fd;              /* CWD_FD: directory */
	int32_t parent_death_signal; /* PARENT_DEATH_SIGNAL */
	int32_t landlock_fd;         /* LANDLOCK: ruleset */
	int32_t exec_fd;             /* EXEC_FD: the program; path is NULL then */
	uint32_t reserved;
};

#define CLONE3_CHILD_SIZE_VER0 48

/**
 * struct clone3_child - what became of a plan.
 * @size:         in: sizeof(struct clone3_child) as the caller knows it
 * @pid:          the child, -1 on failure
 * @pidfd:        its pidfd, the caller's, close-on-exec; -1 on failure
 * @emulated:     steps done by other means than the kernel's own, with the same guarantee
 * @omitted:      optional steps that failed
 * @failed_step:  the CLONE3_STEP_* that failed, or 0
 * @failed_index: which element of that step's array failed
 * @error:        its errno, positive, or 0
 */
struct clone3_child {
	uint64_t size;
	int32_t pid;
	int32_t pidfd;
	uint64_t emulated;
	uint64_t omitted;
	uint64_t failed_step;
	uint32_t failed_index;
	int32_t error;
};

/**
 * clone3_spawn() - start a program from a plan.
 * @plan:  the program and the steps before it; may be const and shared between threads
 * @child: size in; what became of it out. A longer tail than this library knows is zeroed
 *
 * The child is created with CLONE_VM and CLONE_VFORK on a stack of its own: the cost does not
 * depend on the size of the caller, and there is never a fork. It takes the steps between clone
 * and exec by raw system calls alone. The calling thread is suspended until exec (a frozen target
 * cgroup suspends it until thawed); other threads run on. No signal handler runs in the child. While
 * it takes steps of its own all signals are blocked, in it and in the calling thread: with any other
 * step than NAMESPACES, CGROUP, SET_TID, AUTO_REAP, KILL_ON_CLOSE, which the clone takes where it
 * can, and DEFAULT_SIGNALS.
 *
 * The pidfd exists from birth. Until exec the child is invisible to waits and SIGCHLD elsewhere in
 * the program; a child that fails is reaped here, and nothing is left behind. After exec it is an
 * ordinary child with exit signal SIGCHLD.
 *
 * Inherited without a step: the calling thread's signal mask, what the caller ignores; descriptors
 * that are not close-on-exec. Handlers are at their default. environ (envp NULL) is read at the
 * call; a concurrent setenv is the caller's race.
 *
 * The steps, in their order:
 * - NAMESPACES: born in new namespaces of the kinds given; CLONE3_EMPTY_MNTNS (7.1) is a mount
 *   namespace with nothing in it. A new time namespace is the program's from exec on. -EPERM
 *   without CAP_SYS_ADMIN or NEWUSER; -ENOSPC if a sysctl user.max_*_namespaces is reached.
 * - CGROUP: born in the cgroup v2 of cgroup_fd; without clone3 or before Linux 5.7 it joins it as
 *   its first act, which is reported as emulated. A cgroup that was killed once by cgroup.kill
 *   kills what is born in it (seen on Linux 6.18): -ECANCELED of CGROUP.
 * - SET_TID: the pids wanted, innermost pid namespace first. -EEXIST: taken. -EPERM without
 *   CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE over each namespace. Since Linux 5.5.
 * - AUTO_REAP: no zombie is left; clone3_pidfd_wait() tells the status all the same. KILL_ON_CLOSE:
 *   killed when the last copy of the pidfd is closed; brings AUTO_REAP and NO_NEW_PRIVS along.
 *   Since Linux 7.1, -EINVAL before. A program that dies at once, and one that was killed in exec,
 *   cannot be told apart then: success, and the status tells.
 * - IGNORE_SIGNALS, DEFAULT_SIGNALS: sets of dispositions, without SIGKILL and SIGSTOP, which do
 *   not overlap.
 * - JOIN_NAMESPACES: setns(2) with each entry, in order, USER usually first. A pidfd joins several
 *   kinds at once (since Linux 5.8). TIME, a kind that is new as well, and PID beside NEWUSER are
 *   -EINVAL. With PID the program is in the joined namespace and the caller's child all the same;
 *   that excludes SET_TID, AUTO_REAP and KILL_ON_CLOSE. Process groups, sessions and pids of later
 *   steps are the joined namespace's. A process in the joined namespaces that has CAP_SYS_PTRACE
 *   over the caller's user namespace can read the caller's memory through the child until exec.
 * - SESSION: setsid(2). PROCESS_GROUP: setpgid(2), not with SESSION. CONTROLLING_TTY: TIOCSCTTY,
 *   needs SESSION. FOREGROUND: makes its process group the foreground group of the terminal.
 * - DENY_SETGROUPS, UID_MAP, GID_MAP (need NEWUSER): "deny" for setgroups(2), and the ranges of
 *   ids, at most 340 and less than a page of text. A caller without capabilities may map its own
 *   effective id alone, and its gid only with DENY_SETGROUPS; root, of whatever user namespace,
 *   what CAP_SETUID, CAP_SETGID and, for uid 0 of it, CAP_SETFCAP allow. One that is not root and
 *   has any capability, or different real, effective and saved ids, is closed to itself (see
 *   below): -EACCES. -EPERM or -EACCES else: more is mapped than may be, or an LSM refuses
 *   (AppArmor: see the sysctls kernel.apparmor_restrict_unprivileged_userns and
 *   kernel.unprivileged_userns_clone), or the caller's memory is not dumpable and it is not root;
 *   another thread's call can be the reason for that.
 *   -EOWNERDEAD: a filter killed the thread that writes the maps for root.
 * - TIME_OFFSETS (needs NEWTIME): nanoseconds added to the clocks. -ERANGE: a clock would be
 *   negative. Needs /proc. Since Linux 6.2, -EACCES before.
 * - OOM_SCORE_ADJ: /proc/self/oom_score_adj; lowering it needs CAP_SYS_RESOURCE.
 * - PRIVATE_MOUNTS, MOUNTS, PIVOT_ROOT (need NEWNS): nothing that is mounted from here on reaches
 *   another namespace, as it does without this where mounts are shared (MOUNTS is -EINVAL if this
 *   was optional and omitted); detached mounts go to their targets (move_mount(2), since Linux
 *   5.2); the directory, which must be a mount point, becomes the root, and the old one is detached.
 *   PIVOT_ROOT excludes ROOT, and is -EINVAL where mounts are shared and not made private. In an
 *   empty mount namespace mount on "/", then let "/.." be ROOT.
 * - ROOT: chroot(2), then chdir("/").
 * - PROC_MOUNT (needs NEWNS, NEWPID, PRIVATE_MOUNTS): a fresh proc on /proc of the new root. In a
 *   user namespace the kernel gives one only to who saw a whole one before, in the old root:
 *   -EPERM. HOSTNAME (needs NEWUTS): at most 64 bytes. LOOPBACK (needs NEWNET): lo is up.
 * - UMASK, PERSONALITY, SUBREAPER (PR_SET_CHILD_SUBREAPER), TIMER_SLACK (PR_SET_TIMERSLACK; no
 *   effect under a real-time policy), KEYRING (a new anonymous session keyring).
 * - NICE, SCHEDULER, IO_PRIORITY: raised before the ids change, lowered last. AFFINITY: last; with
 *   SCHED_DEADLINE the kernel says -EBUSY. SCHEDULER sets the nice value of NICE, or keeps it.
 * - FDS: for all entries at once, the child's target is the caller's source; not close-on-exec.
 *   Swaps and cycles work. A target that is given twice is -EINVAL with the second's index.
 * - CLOSE_OTHERS: at exec no descriptor above 2 is open that is not a target. The cost does not
 *   depend on how many the caller has open, as far as those needed have low numbers. Emulated by
 *   walking /proc/self/fd where close_range(2) lacks what it takes (before Linux 5.11, filtered).
 * - RLIMITS: those that other steps need raised before FDS, the rest after; CPU, AS, STACK, FSIZE and
 *   DATA last of all. Raising a hard limit needs CAP_SYS_RESOURCE. exec answers EAGAIN if the user is
 *   over NPROC already.
 * - CAPABILITIES: exactly these sets when exec is called; see capabilities(7) for what exec makes
 *   of them: a program of uid 0 gains all that the bounding set allows, unless SECBIT_NOROOT is
 *   set. They survive a change of UID; an ambient set that is kept loses what is not permitted and
 *   inheritable any more. -EPERM if one is not to be had.
 * - GROUPS, GID, UID: setgroups(2), then real, effective and saved ids.
 * - CWD or CWD_FD: as the new user, inside the new root.
 * - PARENT_DEATH_SIGNAL: sent when the calling *thread* ends: PR_SET_PDEATHSIG(2const). -ESRCH if
 *   the caller has ended already; but in another pid namespace than the caller's a child cannot see
 *   that, and a caller that is killed before this step goes unnoticed.
 * - NO_NEW_PRIVS. LANDLOCK: landlock_restrict_self(2). Without NO_NEW_PRIVS this and SECCOMP need
 *   CAP_SYS_ADMIN at that time.
 * - SIGNAL_MASK: instead of the caller's.
 * - PTRACE_ME: traced by the calling thread. A signal that the mask lets through just before exec
 *   stops the child where the caller waits for exec, and only SIGKILL ends that: let SIGNAL_MASK
 *   block all but SIGTRAP, and the tracer set the mask once the program has stopped.
 * - SECCOMP: the last act before exec: the filter must allow execve(2), or with EXEC_FD execveat(2)
 *   and fcntl(2), and of what follows a failure exit_group(2).
 * - EXEC_FD: the program is this descriptor (execveat(2)). In a script it stays open, as the
 *   interpreter needs it: at its number or, if that is a target, at the lowest free one above.
 *
 * Of an array, elements before a failing one stay applied where the step is optional; but of RLIMITS
 * those that would have been set later do not. A step whose need is not in the plan is -EINVAL; so is
 * one whose need was optional and omitted, and it is not taken: HOSTNAME does not rename the machine.
 * ROOT, PIVOT_ROOT, CAPABILITIES, GROUPS, GID, UID and EXEC_FD may not be optional, nor may a new or
 * joined user namespace beside ids, groups or capabilities.
 *
 * With CAPABILITIES, GROUPS, GID, UID, a joined user or pid namespace, and with NEWUSER if the
 * caller has any capability or different real, effective and saved ids, the process is made
 * non-dumpable for the time of the call, so that nobody with the child's new credentials, or with
 * rights over its user namespace, can read the caller's memory through it; with several such calls
 * at once until the last one ends. (A caller without capabilities gives a child in a new user
 * namespace nothing but its own id, so that no guard is needed, whatever the steps. But neither
 * Yama's ptrace_scope nor another group id protects a process in a user namespace of its own from
 * its user's others.) Where the sysctl fs.suid_dumpable is 1, or cannot be read, such calls wait
 * for one another. A caller that is not root has its own /proc files closed to itself meanwhile,
 * OOM_SCORE_ADJ included (-EACCES); a process that another thread forks meanwhile stays
 * non-dumpable until it execs. With fs.suid_dumpable 1 the caller is open for a moment to the new
 * user id, if it has no capabilities and changes among its own ids, and to the owner of a user
 * namespace that it joins. The process stays non-dumpable for good if nothing can tell when the
 * child has left the memory: setpgid(2) does, unless a filter refuses it, with SESSION, or if the
 * program leaves the session at once; and then the child's file in /proc, unless there is no /proc,
 * or it hides the child from the caller (hidepid), or, before Linux 5.14 and if it is another pid
 * namespace's, the caller is not root.
 *
 * A spawn needs a free descriptor for the pidfd, and up to three more while it lasts: for a joined
 * pid namespace, where the child has another /proc than the caller, and for maps that root writes.
 * These need a thread for that time, too, which counts as a task, and forbids other threads what
 * setns(2) forbids to those that share the FS.
 *
 * Without clone3 (ENOSYS, or EPERM for every call) clone(2) is used with the same guarantees.
 * SET_TID, AUTO_REAP, KILL_ON_CLOSE and EMPTY_MNTNS are lost then: -ENOSYS or -EPERM. NEWTIME is
 * emulated since Linux 6.2. Where CLONE_PIDFD is refused with -EINVAL the child opens its pidfd,
 * which is reported as emulated CLONE3_STEP_CLONE. Emulators that make a fork of it (qemu-user,
 * valgrind) work, too; but under qemu the child is visible to all waits, and there are no new
 * namespaces.
 *
 * Return: 0, or -errno as in child->error, with the step that failed in child->failed_step:
 * CLONE3_STEP_CHECK (-EINVAL, -E2BIG: size, steps, path, argv, reserved), a step that is misused
 * (-EINVAL; -EBADF for a negative descriptor, or a closed one to join, optional or not) or whose
 * act failed, CLONE3_STEP_CLONE (-EAGAIN, -ENOMEM, -EMFILE, -ENFILE, -EPERM, -ENOSYS; -EINVAL with
 * id maps after the caller's unshare(CLONE_NEWPID)), CLONE3_STEP_EXEC (execve(2)'s; in a search the
 * last one worth telling: -EACCES beats -ENOENT). -ECANCELED: the child was killed before exec
 * could replace it, in the step told; later it is a program that was started and died. @child NULL,
 * or smaller than its first version: -EINVAL, larger than a page: -E2BIG, and nothing is written.
 */
CLONE3_API int clone3_spawn(const struct clone3_plan *plan, struct clone3_child *child);

/**
 * clone3_step_name() - the name of a step.
 * @step: one CLONE3_STEP_* bit
 *
 * Return: a constant such as "cgroup" or "exec", or NULL if @step is not exactly one known bit.
 */
CLONE3_API const char *clone3_step_name(uint64_t step);

/**
 * clone3_version() - the version of the library that was linked.
 *
 * Return: a constant "MAJOR.MINOR.PATCH".
 */
CLONE3_API const char *clone3_version(void);

/* The ABI, where the language can say it. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define CLONE3_LAYOUT(expr) static_assert(expr, #expr)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define CLONE3_LAYOUT(expr) _Static_assert(expr, #expr)
#endif
#ifdef CLONE3_LAYOUT
CLONE3_LAYOUT(sizeof(struct clone3_args) == CLONE3_ARGS_SIZE_VER2);
CLONE3_LAYOUT(offsetof(struct clone3_args, tls) == 56);
CLONE3_LAYOUT(offsetof(struct clone3_args, set_tid_size) == 72);
CLONE3_LAYOUT(offsetof(struct clone3_args, cgroup) == 80);
CLONE3_LAYOUT(sizeof(struct clone3_stack) == 16);
CLONE3_LAYOUT(sizeof(struct clone3_support) == CLONE3_SUPPORT_SIZE_VER0);
CLONE3_LAYOUT(offsetof(struct clone3_support, flags) == 16);
CLONE3_LAYOUT(sizeof(struct clone3_exit) == 72);
CLONE3_LAYOUT(offsetof(struct clone3_exit, user_ns) == 16);
CLONE3_LAYOUT(sizeof(struct clone3_plan) == CLONE3_PLAN_SIZE_VER0);
CLONE3_LAYOUT(offsetof(struct clone3_plan, caps) == 288);
CLONE3_LAYOUT(offsetof(struct clone3_plan, cgroup_fd) == 384);
CLONE3_LAYOUT(offsetof(struct clone3_plan, exec_fd) == 448);
CLONE3_LAYOUT(sizeof(struct clone3_child) == CLONE3_CHILD_SIZE_VER0);
CLONE3_LAYOUT(offsetof(struct clone3_child, failed_step) == 32);
CLONE3_LAYOUT(sizeof(struct clone3_join) == 16);
CLONE3_LAYOUT(sizeof(struct clone3_id_range) == 12);
CLONE3_LAYOUT(sizeof(struct clone3_mount) == 16);
CLONE3_LAYOUT(sizeof(struct clone3_fd) == 8);
CLONE3_LAYOUT(sizeof(struct clone3_rlimit) == 24);
CLONE3_LAYOUT(sizeof(struct clone3_caps) == 48);
CLONE3_LAYOUT(sizeof(struct clone3_filter) == 8);
CLONE3_LAYOUT(sizeof(struct clone3_pidfd_info) == CLONE3_PIDFD_INFO_SIZE_VER0);
CLONE3_LAYOUT(offsetof(struct clone3_pidfd_info, pid) == 24);
CLONE3_LAYOUT(offsetof(struct clone3_pidfd_info, wait_status) == 68);
CLONE3_LAYOUT(offsetof(struct clone3_pidfd_info, supported) == 88);
#undef CLONE3_LAYOUT
#endif

#ifdef __cplusplus
}
#endif

#endif /* CLONE3_H */
