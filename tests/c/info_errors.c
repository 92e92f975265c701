/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_get_info: what is not a pidfd, and who is out of sight. */
#include "child.h"
#include "old_kernel.h"
#include "raw_info.h"

#include <sys/mount.h>

struct shared {
	int pidfd, filter, filtered, own_proc, answer;
	struct clone3_pidfd_info info;
};

static bool is_empty(const struct clone3_pidfd_info *info)
{
	struct clone3_pidfd_info empty = { .size = sizeof(empty) };

	return memcmp(info, &empty, sizeof(empty)) == 0;
}

static void ask(struct shared *shared)
{
	if (shared->filter)
		shared->filtered = refuse_if(SYS_ioctl, 1, IOCTL_INFO_MASK, IOCTL_INFO,
					     shared->filter);
	memset(&shared->info, 0xa5, sizeof(shared->info));
	shared->info.size = sizeof(shared->info);
	shared->info.mask = CLONE3_INFO_PID;
	shared->answer = clone3_pidfd_get_info(shared->pidfd, &shared->info);
}

/* In a pid namespace of its own, from which the test itself cannot be seen. */
static bool ask_from_inside(struct shared *shared)
{
	struct clone3_args args = {
		.flags = CLONE3_NEWPID | CLONE3_NEWNS,
		.exit_signal = SIGCHLD,
	};

	if (geteuid() != 0)
		args.flags |= CLONE3_NEWUSER;

	pid_t pid = (pid_t)syscall(SYS_clone3, &args, CLONE3_ARGS_SIZE_VER0);

	if (pid == 0) {
		if (shared->own_proc)
			shared->own_proc = mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
					   mount("proc", "/proc", "proc", 0, NULL) == 0;
		ask(shared);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

int main(void)
{
	struct raw_info raw;
	struct state before;
	int pipe_ends[2];

	alarm(60);
	pipe2(pipe_ends, O_CLOEXEC);

	int nsfs = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	const int not_pidfds[] = { -1, 9999, pipe_ends[0], nsfs, proc, file };
	const bool recent = raw_info(self, CLONE3_INFO_PID, &raw) == 0;
	struct shared *shared = shared_memory(sizeof(*shared));

	state_take(&before);
	for (size_t i = 0; i < sizeof(not_pidfds) / sizeof(not_pidfds[0]); i++) {
		shared->pidfd = not_pidfds[i];
		errno = 0;
		ask(shared);
		is(shared->answer, -EBADF, "not a pidfd");
		ok(is_empty(&shared->info), "nothing is filled");
		is(errno, 0, "errno is untouched");
		nothing_left(&before, "not a pidfd");
	}

	shared->pidfd = self;
	if (!ask_from_inside(shared)) {
		skip("info_errors", "no right to a pid namespace");
		return done();
	}
	ok(shared->answer == -EREMOTE || (!recent && shared->answer == -ENOSYS),
	   "a process in an outer pid namespace: %d", shared->answer);
	ok(is_empty(&shared->info), "nothing is filled");
	nothing_left(&before, "a process in an outer pid namespace");

	/* Without a /proc of its own, what it reads there is in the outer namespace's numbers. */
	shared->filter = ENOTTY;
	ask_from_inside(shared);
	if (!shared->filtered) {
		skip("info_errors", "no seccomp here");
		return done();
	}
	ok(shared->answer == -EREMOTE || shared->answer == -ENOSYS,
	   "an old kernel, and a /proc of the outer namespace: %d", shared->answer);
	ok(is_empty(&shared->info), "nothing is filled");
	shared->own_proc = 1;
	ask_from_inside(shared);
	if (shared->own_proc) {
		is(shared->answer, -EREMOTE, "an old kernel, and its own /proc");
		ok(is_empty(&shared->info), "nothing is filled");
	} else {
		skip("info_errors", "no right to mount /proc");
	}
	nothing_left(&before, "an old kernel");
	return done();
}
