/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The likeliest causes of an errno that came back from clone3. */
#include "clone.h"

/* What a request may ask for besides its flags: pids, a stack. */
#define C3_SET_TID (1ULL << 63)
#define C3_STACK (1ULL << 62)

#define C3_CGROUP CLONE3_INTO_CGROUP

/* The first row of the errno whose @any is 0 or shares a bit with the request answers. */
static const struct {
	int error;
	uint64_t any;
	const char *sentence;
} causes[] = {
	{ EPERM, C3_SET_TID,
	  "set_tid needs CAP_SYS_ADMIN or, since Linux 5.9, CAP_CHECKPOINT_RESTORE in the user "
	  "namespace that owns each pid namespace named" },
	{ EPERM, CLONE3_NEWUSER,
	  "CLONE_NEWUSER: user namespaces may be forbidden (sysctls kernel.unprivileged_userns_clone, "
	  "kernel.apparmor_restrict_unprivileged_userns; an LSM; a seccomp filter), or the caller is "
	  "in a chroot, or its uid or gid has no mapping in its own user namespace" },
	{ EPERM, C3_NAMESPACE_FLAGS | CLONE3_EMPTY_MNTNS,
	  "a new namespace needs CAP_SYS_ADMIN, or CLONE_NEWUSER beside it; or a seccomp filter "
	  "refuses it" },
	{ EPERM, CLONE3_PIDFD_AUTOKILL, "CLONE_PIDFD_AUTOKILL needs CLONE_NNP or CAP_SYS_ADMIN" },
	{ EPERM, CLONE3_SETTLS,
	  "CLONE_SETTLS: tls is outside user space; or a seccomp filter or an "
	  "LSM refuses clone3" },
	{ EPERM, 0, "a seccomp filter or an LSM refuses clone3" },
	{ ENOENT, C3_CGROUP,
	  "CLONE_INTO_CGROUP: the cgroup was removed, or lies outside of the "
	  "caller's cgroup namespace (mount option nsdelegate)" },
	{ E2BIG, C3_CGROUP,
	  "CLONE_INTO_CGROUP: the kernel is older than 5.7 and does not know cgroup" },
	{ E2BIG, C3_SET_TID, "the kernel is older than 5.5 and does not know set_tid" },
	{ E2BIG, 0, "the struct has a nonzero member that the running kernel does not know" },
	{ EBADF, C3_CGROUP,
	  "CLONE_INTO_CGROUP: cgroup is not an open descriptor of a cgroup v2 "
	  "directory (v1 does not count)" },
	{ EAGAIN, 0,
	  "a limit on tasks is reached: RLIMIT_NPROC, pids.max of the cgroup, sysctls "
	  "kernel.threads-max or kernel.pid_max; or the caller runs under SCHED_DEADLINE" },
	{ ENOMEM, 0,
	  "memory is short, or the init of the pid namespace that the child would be born into has "
	  "ended" },
	{ EACCES, C3_CGROUP,
	  "CLONE_INTO_CGROUP needs write permission on cgroup.procs of the destination and of the "
	  "nearest common ancestor; or an LSM refuses" },
	{ EACCES, CLONE3_NEWUSER,
	  "the id maps of CLONE_NEWUSER: an LSM refuses (sysctl "
	  "kernel.apparmor_restrict_unprivileged_userns), or the caller's memory is not dumpable and "
	  "it is not root; or an LSM or a seccomp filter refuses the new task" },
	{ EACCES, 0, "an LSM or a seccomp filter refuses the new task" },
	{ EFAULT, 0, "the address in set_tid, or with CLONE_PIDFD in pidfd, is not usable" },
	{ EBUSY, C3_CGROUP,
	  "CLONE_INTO_CGROUP: the cgroup distributes resources to children (cgroup.subtree_control "
	  "is not empty), so it may hold no process itself" },
	{ EEXIST, C3_SET_TID, "a pid in set_tid is in use" },
	{ ENODEV, C3_CGROUP, "CLONE_INTO_CGROUP: the cgroup is being removed" },
	{ EINVAL, CLONE3_AUTOREAP | CLONE3_NNP | CLONE3_PIDFD_AUTOKILL | CLONE3_EMPTY_MNTNS,
	  "CLONE_AUTOREAP, CLONE_NNP, CLONE_PIDFD_AUTOKILL and CLONE_EMPTY_MNTNS need Linux 7.1: see "
	  "clone3_probe()" },
	{ EINVAL, CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_SETTLS | C3_STACK,
	  "clone3_fork() refuses CLONE_VM, CLONE_SIGHAND, CLONE_THREAD, CLONE_SETTLS and a stack; "
	  "clone3_call() with CLONE_VM needs a stack of 256 bytes or more; CLONE_THREAD with "
	  "CLONE_PIDFD needs Linux 6.9" },
	{ EINVAL, C3_SET_TID,
	  "set_tid: a pid is below 1 or not below kernel.pid_max, there are more pids than nested "
	  "pid namespaces, or the first process of a pid namespace was not given pid 1" },
	{ EINVAL, CLONE3_NEWTIME | C3_CGROUP | CLONE3_CLEAR_SIGHAND,
	  "the kernel is too old: CLONE_NEWTIME needs Linux 6.3 (or a stable kernel of 2023), "
	  "CLONE_INTO_CGROUP 5.7, CLONE_CLEAR_SIGHAND 5.5; or it was built without the kind" },
	{ EINVAL, CLONE3_NEWPID,
	  "CLONE_NEWPID and CLONE_THREAD are refused once the caller has left its pid namespace with "
	  "unshare or setns; or the kernel was built without pid namespaces" },
	{ EINVAL, CLONE3_PARENT, "CLONE_PARENT: the caller is the init of its pid namespace" },
	{ EINVAL, C3_NAMESPACE_FLAGS,
	  "the kernel was built without a kind of namespace asked for" },
	{ EINVAL, 0,
	  "the kernel, or the sandbox that plays it, does not support a flag: see "
	  "clone3_probe()" },
	{ EMFILE, CLONE3_PIDFD, "no descriptor is free for the pidfd: RLIMIT_NOFILE" },
	{ ENFILE, 0, "no file is free for the pidfd: sysctl fs.file-max" },
	{ ENOSPC, C3_NAMESPACE_FLAGS | CLONE3_EMPTY_MNTNS,
	  "a sysctl user.max_*_namespaces is reached (0 forbids the kind), or user or pid namespaces "
	  "are nested 32 deep" },
	{ EOPNOTSUPP, C3_CGROUP,
	  "CLONE_INTO_CGROUP: the cgroup's type is domain invalid, or a thread cannot leave its "
	  "process's domain" },
	{ ENOSYS, 0,
	  "clone3 is missing (Linux before 5.3, an emulator) or filtered by seccomp, and clone(2) "
	  "cannot do what was asked for" },
};

const char *clone3_explain(const struct clone3_args *args, size_t size, int errnum)
{
	struct c3_request request;
	const char *reason;
	const char *guess = "";
	uint64_t asked = 0;

	if (errnum < -4095 || errnum > 4095)
		return "";
	if (errnum < 0)
		errnum = -errnum;
	if (args && clone3_check(args, size, &reason) == -errnum)
		return reason;
	if (args && c3_request_load(&request, args, size) == 0)
		asked = request.args.flags | (request.args.set_tid ? C3_SET_TID : 0) |
			(request.args.stack ? C3_STACK : 0);
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (causes[i].error != errnum)
			continue;
		if (!causes[i].any || causes[i].any & asked)
			return causes[i].sentence;
		/* Nothing is known of the request: the first row, if none is true of any. */
		if (!args && !*guess)
			guess = causes[i].sentence;
	}
	return guess;
}
