/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The calls on a pidfd that the kernel has, made alike on every version of it. */
#include "../clone/clone.h"
#include "../deadline.h"
#include "pidfd.h"

/*
 * The kernel's calls differ: setns takes a namespace's descriptor too, send_signal one of /proc/PID,
 * ioctl anything. waitid takes pidfds alone, and here neither waits nor reaps. Negative numbers,
 * among them the kernel's PIDFD_SELF, are left to the call itself.
 */
int c3_pidfd_check(int fd)
{
	struct c3_siginfo unused = { 0 };

	if (fd >= 0 && c3_syscall5(C3_NR_waitid, C3_P_PIDFD, fd, c3_address(&unused),
				   C3_WEXITED | CLONE3_WAIT_NOHANG | CLONE3_WAIT_NOWAIT | C3__WALL,
				   0) == -EBADF)
		return -EBADF;
	return 0;
}

int clone3_pidfd_open(int pid, unsigned int flags)
{
	return (int)c3_syscall2(C3_NR_pidfd_open, pid, (long)flags);
}

int clone3_pidfd_send_signal(int pidfd, int signo, unsigned int flags)
{
	int error = c3_pidfd_check(pidfd);

	if (error)
		return error;
	return (int)c3_syscall4(C3_NR_pidfd_send_signal, pidfd, signo, 0, (long)flags);
}

int clone3_pidfd_getfd(int pidfd, int target)
{
	return (int)c3_syscall3(C3_NR_pidfd_getfd, pidfd, target, 0);
}

static const struct {
	uint64_t flag;
	uint32_t request;
	char name[8];
} namespaces[] = {
	{ CLONE3_NEWCGROUP, C3_PIDFD_GET_CGROUP_NAMESPACE, "cgroup" },
	{ CLONE3_NEWIPC, C3_PIDFD_GET_IPC_NAMESPACE, "ipc" },
	{ CLONE3_NEWNS, C3_PIDFD_GET_MNT_NAMESPACE, "mnt" },
	{ CLONE3_NEWNET, C3_PIDFD_GET_NET_NAMESPACE, "net" },
	{ CLONE3_NEWPID, C3_PIDFD_GET_PID_NAMESPACE, "pid" },
	{ CLONE3_NEWTIME, C3_PIDFD_GET_TIME_NAMESPACE, "time" },
	{ CLONE3_NEWUSER, C3_PIDFD_GET_USER_NAMESPACE, "user" },
	{ CLONE3_NEWUTS, C3_PIDFD_GET_UTS_NAMESPACE, "uts" },
};

/*
 * Kernels before 6.11. If the process still lives after the open, its pid was its own all the time.
 */
static int namespace_by_proc(int pidfd, const char *name)
{
	int directory = c3_pidfd_open_in_proc(pidfd, "/ns");
	int fd = directory < 0 ? directory : c3_openat(directory, name, C3_O_RDONLY);

	if (directory >= 0)
		c3_close(directory);
	if (c3_poll(pidfd, C3_POLLIN, 0) != 0) {
		if (fd >= 0)
			c3_close(fd);
		return -ESRCH;
	}
	return fd == -ENOENT ? -EOPNOTSUPP : fd;
}

int clone3_pidfd_namespace(int pidfd, uint64_t namespace_flag)
{
	int result;

	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		if (namespaces[i].flag != namespace_flag)
			continue;
		result = c3_pidfd_check(pidfd);
		if (result)
			return result;
		result = c3_ioctl(pidfd, namespaces[i].request, 0);
		return result == -ENOTTY ? namespace_by_proc(pidfd, namespaces[i].name) : result;
	}
	return -EINVAL;
}

int clone3_pidfd_setns(int pidfd, uint64_t namespace_flags)
{
	int error;

	if (!namespace_flags || namespace_flags & ~C3_NAMESPACE_FLAGS)
		return -EINVAL;
	error = c3_pidfd_check(pidfd);
	if (error)
		return error;
	return (int)c3_syscall2(C3_NR_setns, pidfd, (long)namespace_flags);
}
