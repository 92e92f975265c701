/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Limits of processes, descriptors and namespaces give -EAGAIN, -EMFILE and -ENOSPC. */
#include "task.h"

static int fork_with(uint64_t flags, int *pidfd)
{
	struct clone3_args args = args_with(flags);
	int pid;

	args.pidfd = address_of(pidfd);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid;
}

static int too_many_processes(void *unused)
{
	struct rlimit none = { 0, 0 };
	int pidfd = -7;
	int result;

	(void)unused;
	if (setrlimit(RLIMIT_NPROC, &none) != 0 || !become_nobody())
		return 255;
	result = fork_with(CLONE3_PIDFD, &pidfd);
	return result < 0 && pidfd == -7 && has_no_child() ? -result : 255;
}

static int too_many_namespaces(void *unused)
{
	int pidfd = -7;
	int result;
	int fd;

	(void)unused;
	if (syscall(SYS_unshare, CLONE3_NEWUSER) != 0)
		return 254;
	fd = open("/proc/sys/user/max_uts_namespaces", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		return 254;
	result = fork_with(CLONE3_NEWUTS | CLONE3_PIDFD, &pidfd);
	return result < 0 && pidfd == -7 && has_no_child() ? -result : 255;
}

static void too_many_descriptors(void)
{
	struct rlimit limit, full;
	struct state before;
	int pidfd = -7;
	int lowest = dup(2);

	close(lowest);
	state_take(&before);
	getrlimit(RLIMIT_NOFILE, &limit);
	full = limit;
	full.rlim_cur = (rlim_t)lowest;
	setrlimit(RLIMIT_NOFILE, &full);
	int result = fork_with(CLONE3_PIDFD, &pidfd);

	setrlimit(RLIMIT_NOFILE, &limit);
	is(result, -EMFILE, "no descriptor is free for the pidfd");
	is(pidfd, -7, "none is stored");
	nothing_left(&before, "no free descriptor");
}

int main(void)
{
	int code;

	too_many_descriptors();
	if (geteuid() == 0)
		is(apart(too_many_processes, NULL), EAGAIN, "RLIMIT_NPROC is reached");
	else
		skip("fork_limits/processes", "needs root, to become another user");
	code = apart(too_many_namespaces, NULL);
	if (code == 254)
		skip("fork_limits/namespaces", "no user namespace with its own limits");
	else
		is(code, ENOSPC, "user.max_uts_namespaces is reached");
	return done();
}
