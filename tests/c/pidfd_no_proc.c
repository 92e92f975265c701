/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* On an old kernel without /proc a namespace and the pid are -ENOSYS, never a wrong answer. */
#include "child.h"
#include "old_kernel.h"

struct shared {
	int pidfd, inside, namespace, info, no_pidfd;
	struct clone3_pidfd_info answer;
};

static int ask(void *argument)
{
	struct shared *shared = argument;

	shared->inside = chroot("/proc/self/fdinfo") == 0 && chdir("/") == 0 &&
			 access("/proc", F_OK) != 0 &&
			 refuse_if(SYS_ioctl, 1, IOCTL_NAMESPACE_MASK, IOCTL_NAMESPACE, ENOTTY) &&
			 refuse_if(SYS_ioctl, 1, IOCTL_INFO_MASK, IOCTL_INFO, ENOTTY);
	shared->namespace = clone3_pidfd_namespace(shared->pidfd, CLONE3_NEWUTS);
	shared->answer.size = sizeof(shared->answer);
	shared->answer.mask = CLONE3_INFO_PID;
	shared->info = clone3_pidfd_get_info(shared->pidfd, &shared->answer);
	shared->no_pidfd = clone3_pidfd_namespace(9999, CLONE3_NEWUTS);
	return 0;
}

int main(void)
{
	struct state before;

	if (geteuid() != 0) {
		skip("pidfd_no_proc", "needs root, for chroot");
		return done();
	}
	state_take(&before);
	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));
	struct child target = child_start(child_pauses, NULL);

	shared->pidfd = target.pidfd;

	struct child asker = child_start(ask, shared);

	is(child_reap(&asker), 0, "the asking child ended well");
	close(asker.pidfd);
	ok(shared->inside, "it saw no /proc and an old kernel");
	is(shared->namespace, -ENOSYS, "namespace");
	is(shared->info, -ENOSYS, "get_info");
	is(shared->answer.mask, 0, "nothing is filled");
	is(shared->no_pidfd, -EBADF, "a closed descriptor is told apart");
	child_end(&target);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "no /proc");
	return done();
}
