/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Before 6.11 a namespace comes from /proc, only while the pidfd's process lives. */
#include "child.h"
#include "old_kernel.h"
#include "proc.h"

#include <sched.h>

static int unshare_uts(void *argument)
{
	int *ready = argument;

	unshare((int)CLONE3_NEWUTS);
	announce(ready);
	return child_pauses(NULL);
}

/* A child with the very pid of one that was reaped: a chance in 32,768, made certain. */
static pid_t start_with_pid(pid_t pid)
{
	struct clone3_args args;

	memset(&args, 0, sizeof(args));
	args.exit_signal = SIGCHLD;
	args.set_tid = (uintptr_t)&pid;
	args.set_tid_size = 1;

	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child_pauses(NULL);
	}
	return (pid_t)child;
}

int main(void)
{
	struct state before, during;
	int pipe_ends[2];

	pipe2(pipe_ends, O_CLOEXEC);

	int nsfs = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int not_pidfds[] = { 9999, pipe_ends[0], nsfs, proc };

	if (!refuse_if(SYS_ioctl, 1, IOCTL_NAMESPACE_MASK, IOCTL_NAMESPACE, ENOTTY)) {
		skip("pidfd_namespace_old_kernel", "no seccomp here");
		return done();
	}
	state_take(&before);
	alarm(60);

	int *ready = shared_memory(sizeof(*ready));
	struct child child = child_start(unshare_uts, ready);

	ok(await(ready), "the child is ready");
	state_take(&during);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
		const char *name = namespace_kinds[i].name;
		uint64_t want = proc_namespace(child.pid, name);
		int fd = clone3_pidfd_namespace(child.pidfd, namespace_kinds[i].flag);
		struct stat status;

		if (!want) {
			is(fd, -EOPNOTSUPP, "a kind the kernel lacks");
			unchanged(&during, name);
			continue;
		}
		memset(&status, 0, sizeof(status));
		fstat(fd, &status);
		ok(status.st_ino == want, "%s: its inode is /proc/PID/ns/%s's (%d)", name, name,
		   fd);
		is(fcntl(fd, F_GETFD), FD_CLOEXEC, "it is close-on-exec");
		close(fd);
		unchanged(&during, name);
	}
	is(clone3_pidfd_namespace(child.pidfd, 0), -EINVAL, "no kind");
	is(clone3_pidfd_namespace(child.pidfd, CLONE3_IO), -EINVAL, "IO");
	for (size_t i = 0; i < sizeof(not_pidfds) / sizeof(not_pidfds[0]); i++)
		is(clone3_pidfd_namespace(not_pidfds[i], CLONE3_NEWUTS), -EBADF, "not a pidfd");
	unchanged(&during, "refused calls");

	kill(child.pid, SIGKILL);
	child_await_end(&child);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (proc_namespace(getpid(), namespace_kinds[i].name))
			is(clone3_pidfd_namespace(child.pidfd, namespace_kinds[i].flag), -ESRCH,
			   "a zombie");
	unchanged(&during, "a zombie");
	child_reap(&child);
	is(clone3_pidfd_namespace(child.pidfd, CLONE3_NEWUTS), -ESRCH, "a process that was reaped");

	pid_t again = start_with_pid(child.pid);

	if (again == child.pid)
		is(clone3_pidfd_namespace(child.pidfd, CLONE3_NEWUTS), -ESRCH,
		   "a process that was reaped and whose pid has a new owner");
	else
		skip("pidfd_namespace_old_kernel", "no right to choose a pid");
	if (again > 0) {
		kill(again, SIGKILL);
		waitpid(again, NULL, 0);
	}
	close(child.pidfd);
	munmap(ready, sizeof(*ready));
	nothing_left(&before, "namespaces by /proc");
	return done();
}
