/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * libclone3: the whole public C interface.
 *
 * Create Linux processes with clone3(2), hold them by pidfd, and learn why a call was refused.
 *
 * Conventions, for every function here:
 * - It returns 0 or a non-negative result, or -errno. errno is neither set nor read.
 * - It is thread-safe and async-signal-safe, takes no lock and allocates nothing on the heap.
 * - Descriptors it returns are the caller's and close-on-exec.
 * - A struct with a `size` member, and a size argument, is versioned as the kernel's are: smaller
 *   means an older caller (missing members count as zero), larger with a nonzero tail is -E2BIG,
 *   below the first version is -EINVAL, above a page is -E2BIG before anything is read.
 * - A required pointer that is NULL is -EINVAL.
 *
 * Valid C99 to C23, and C++ from 11 on (98 with long long). Needs no kernel header and clashes with
 * none.
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
 * that errno is returned. parent_tid is then written after the call by this function: with PIDFD, a
 * bad address there faults.
 *
 * With PIDFD the descriptor is the caller's, close-on-exec, and stored before the child runs; on
 * failure it is not written.
 *
 * Return: the child's pid in the caller, 0 in the child, or
 * -EINVAL (NULL, a size below 64, a refused flag or a stack, or what clone3_check() explains),
 * -E2BIG (a size above a page, or a nonzero tail that the kernel does not know),
 * -EFAULT (set_tid or pidfd is a bad address), -EPERM, -EAGAIN, -ENOMEM, -ENOSPC, -EMFILE, -ENFILE,
 * -EEXIST (set_tid is in use), -EBADF, -ENOENT, -ENODEV, -EACCES, -EBUSY, -EOPNOTSUPP (the
 * cgroup's), -ENOSYS. clone3_explain() tells the likely causes. Since Linux 5.3, by clone(2) since 5.2. See
 * clone3(2).
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
 * Return: 0, -EINVAL (@size 0), -ENOMEM, or -EAGAIN (RLIMIT_MEMLOCK under mlockall(2)), with @stack
 * empty.
 */
CLONE3_API int clone3_stack_map(size_t size, struct clone3_stack *stack);

/**
 * clone3_stack_unmap() - unmap a stack and its guard page.
 * @stack: as clone3_stack_map() filled it; empty afterwards. An empty one is fine.
 *
 * Return: 0, or -EINVAL if it is not a mapping's address and size: then nothing is changed.
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
 * @steps:        CLONE3_STEP_* that work without emulation; 0 in this version, which has no steps
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
 * @code:           CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_STOPPED, CLD_CONTINUED or CLD_TRAPPED of
 *                  <signal.h>
 * @status:         the exit status (CLD_EXITED), otherwise the signal number
 * @wait_status:    the same as wait(2) encodes it, for WIFEXITED() and its kin
 * @user_ns:        user CPU time of the child and its waited-for descendants, ns
 * @system_ns:      system CPU time, ns
 * @max_rss_bytes:  largest resident set size, bytes
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
 * process group), -EPERM, -ENOSYS. A zombie takes any signal. Since Linux 5.1. See pidfd_send_signal(2).
 */
CLONE3_API int clone3_pidfd_send_signal(int pidfd, int signo, unsigned int flags);

/**
 * clone3_pidfd_getfd() - duplicate a descriptor of another process.
 * @pidfd:  refers to the process
 * @target: descriptor number in that process
 *
 * Needs PTRACE_MODE_ATTACH_REALCREDS over the process. The new descriptor is close-on-exec.
 *
 * Return: the new descriptor, or -EBADF (not a pidfd; @target is not open there), -EPERM, -ESRCH (it
 * has ended; a zombie on kernels before 6.1: -EBADF), -EMFILE, -ENOSYS. Since Linux 5.6. See
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
 * knows, since Linux 6.15: code and status, all else 0.
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
 * Return: 1 (@result is filled), or -ETIMEDOUT, or as clone3_pidfd_wait() but -EAGAIN. Since Linux
 * 5.4.
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
 * /proc, which then tells pid and tgid, is not mounted or another pid namespace's). Since Linux 6.13.
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
 * Zombies do not count. A cgroup that was removed is empty.
 *
 * Return: 0, or -ETIMEDOUT, -EBADF (not a cgroup v2 directory), -EOPNOTSUPP (the root), -EACCES,
 * -EMFILE. Since Linux 4.5.
 */
CLONE3_API int clone3_cgroup_wait_empty(int cgroup_fd, int64_t timeout_ns);

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
