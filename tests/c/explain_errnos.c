/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For each errno that clone3 gives, clone3_explain() names what to look at. */
#include "sentence.h"

static const struct {
	int error;
	uint64_t flags;
	bool set_tid;
	const char *words[4];
} causes[] = {
	{ EPERM, CLONE3_NEWUSER, false, { "CLONE_NEWUSER", "chroot", "LSM" } },
	{ EPERM, CLONE3_NEWUSER, false, { "kernel.unprivileged_userns_clone" } },
	{ EPERM, CLONE3_NEWNS, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_NEWUTS, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_NEWIPC, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_NEWPID, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_NEWNET, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_NEWTIME, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_NEWCGROUP, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_EMPTY_MNTNS, false, { "CAP_SYS_ADMIN" } },
	{ EPERM, 0, true, { "set_tid", "CAP_CHECKPOINT_RESTORE" } },
	{ EPERM,
	  CLONE3_PIDFD | CLONE3_AUTOREAP | CLONE3_PIDFD_AUTOKILL,
	  false,
	  { "CLONE_PIDFD_AUTOKILL", "CLONE_NNP", "CAP_SYS_ADMIN" } },
	{ EPERM, CLONE3_VM | CLONE3_SETTLS, false, { "CLONE_SETTLS", "tls" } },
	{ EPERM, 0, false, { "seccomp" } },
	{ ENOSYS, 0, false, { "clone3", "seccomp" } },
	{ EAGAIN, 0, false, { "RLIMIT_NPROC", "pids.max", "kernel.threads-max" } },
	{ ENOMEM, CLONE3_NEWPID, false, { "memory", "init" } },
	{ ENOSPC, CLONE3_NEWUSER, false, { "sysctl", "32" } },
	{ ENOSPC, CLONE3_NEWNET, false, { "sysctl" } },
	{ EMFILE, CLONE3_PIDFD, false, { "RLIMIT_NOFILE" } },
	{ ENFILE, CLONE3_PIDFD, false, { "fs.file-max" } },
	{ EFAULT, CLONE3_PIDFD, false, { "pidfd" } },
	{ EFAULT, 0, true, { "set_tid" } },
	{ EEXIST, 0, true, { "set_tid" } },
	{ EINVAL, 0, true, { "set_tid", "kernel.pid_max" } },
	{ EINVAL, CLONE3_AUTOREAP, false, { "CLONE_AUTOREAP", "7.1" } },
	{ EINVAL, CLONE3_NNP, false, { "CLONE_NNP", "7.1" } },
	{ EINVAL, CLONE3_EMPTY_MNTNS, false, { "CLONE_EMPTY_MNTNS", "7.1" } },
	{ EINVAL, CLONE3_NEWTIME, false, { "CLONE_NEWTIME", "6.3" } },
	{ EINVAL, CLONE3_CLEAR_SIGHAND, false, { "CLONE_CLEAR_SIGHAND", "5.5" } },
	{ EINVAL, CLONE3_NEWPID, false, { "CLONE_NEWPID", "unshare" } },
	{ EINVAL, CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD, false, { "CLONE_THREAD" } },
	{ EINVAL, CLONE3_PARENT, false, { "CLONE_PARENT", "init" } },
	{ EINVAL, CLONE3_NEWNET, false, { "namespace" } },
	{ EINVAL, 0, false, { "clone3_probe" } },
	{ E2BIG, 0, true, { "set_tid", "5.5" } },
	{ E2BIG, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "5.7" } },
	{ EBADF, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "descriptor", "v2" } },
	{ ENOENT, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "removed", "nsdelegate" } },
	{ ENODEV, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "removed" } },
	{ EACCES, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "cgroup.procs" } },
	{ EBUSY, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "cgroup.subtree_control" } },
	{ EOPNOTSUPP, CLONE3_INTO_CGROUP, false, { "CLONE_INTO_CGROUP", "domain" } },
};

/* Never NULL, by contract. */
static const char *explain(const struct clone3_args *args, size_t size, int error)
{
	const char *sentence = clone3_explain(args, size, error);

	if (!sentence) {
		ok(false, "clone3_explain gave NULL for %d", error);
		return "";
	}
	return sentence;
}

int main(void)
{
	const int known[] = { EPERM,  ENOENT, E2BIG,  EBADF,      EAGAIN, ENOMEM,
			      EACCES, EFAULT, EBUSY,  EEXIST,     ENODEV, EINVAL,
			      ENFILE, EMFILE, ENOSPC, EOPNOTSUPP, ENOSYS };
	const int unknown[] = { 0, EPIPE, EDOM, 4095, 4096, 100000, INT32_MAX, INT32_MIN, -4096 };
	static const int pid = 300;
	struct clone3_args args;

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		args = args_with(causes[i].flags);
		args.exit_signal = causes[i].flags ? 0 : SIGCHLD;
		args.pidfd = 8;
		if (causes[i].set_tid) {
			args.set_tid = address_of(&pid);
			args.set_tid_size = 1;
		}
		const char *sentence = explain(&args, sizeof(args), causes[i].error);

		ok(*sentence, "%s, flags %llx: %s", strerror(causes[i].error),
		   (unsigned long long)causes[i].flags, sentence);
		for (size_t k = 0; k < 4 && causes[i].words[k]; k++)
			ok(says(sentence, causes[i].words[k]), "says %s", causes[i].words[k]);
		ok(clone3_explain(&args, sizeof(args), -causes[i].error) == sentence,
		   "the same, constant, for the negative errno");
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *sentence = explain(NULL, 0, known[i]);

		ok(*sentence, "%s, arguments not known: %s", strerror(known[i]), sentence);
		ok(clone3_explain(NULL, ARGS_SIZE, -known[i]) == sentence, "and for the negative");
	}
	args = args_with(0);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		ok(!*explain(&args, sizeof(args), unknown[i]), "nothing is known of %d",
		   unknown[i]);
		ok(!*explain(NULL, 0, unknown[i]), "nor with arguments not known");
	}
	return done();
}
