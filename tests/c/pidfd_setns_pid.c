/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_setns with NEWPID: the next child is born in the process's own pid namespace. */
#include "child.h"
#include "proc.h"

#include <sched.h>

struct shared {
	int pidfd, result;
	uint64_t child_namespace;
};

static int move(void *argument)
{
	struct shared *shared = argument;

	shared->result = clone3_pidfd_setns(shared->pidfd, CLONE3_NEWPID);

	struct child child = child_start(child_pauses, NULL);

	shared->child_namespace = proc_namespace(child.pid, "pid");
	child_end(&child);
	return 0;
}

int main(void)
{
	struct clone3_args args = { .flags = CLONE3_NEWPID, .exit_signal = SIGCHLD };
	struct state before;

	if (geteuid() != 0) {
		skip("pidfd_setns_pid", "needs root, for a pid namespace");
		return done();
	}
	state_take(&before);
	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child_pauses(NULL);
	}
	if (pid < 0) {
		skip("pidfd_setns_pid", "needs clone3");
		munmap(shared, sizeof(*shared));
		return done();
	}

	struct child init = { .pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0) };

	shared->pidfd = init.pidfd;

	struct child mover = child_start(move, shared);

	child_reap(&mover);
	close(mover.pidfd);
	is(shared->result, 0, "setns");
	ok(proc_namespace(pid, "pid") != proc_namespace(getpid(), "pid"), "the target has its own");
	is(shared->child_namespace, proc_namespace(pid, "pid"), "the mover's child was born there");
	child_end(&init);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "setns of a pid namespace");
	return done();
}
