/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Without rights over the process: signal, descriptors and namespaces are refused. */
#include "child.h"

struct shared {
	int nobody, pidfd, signal, getfd, namespace, setns;
};

static int ask(void *argument)
{
	struct shared *shared = argument;

	shared->nobody = become_nobody();
	shared->signal = clone3_pidfd_send_signal(shared->pidfd, SIGTERM, 0);
	shared->getfd = clone3_pidfd_getfd(shared->pidfd, 0);
	shared->namespace = clone3_pidfd_namespace(shared->pidfd, CLONE3_NEWUTS);
	shared->setns = clone3_pidfd_setns(shared->pidfd, CLONE3_NEWUTS);
	return 0;
}

int main(void)
{
	struct state before;

	if (geteuid() != 0) {
		skip("pidfd_permission", "needs root, to have something to give up");
		return done();
	}
	state_take(&before);
	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));
	struct child target = child_start(child_pauses, NULL);

	shared->pidfd = target.pidfd;

	struct child nobody = child_start(ask, shared);

	is(child_reap(&nobody), 0, "the asking child ended well");
	close(nobody.pidfd);
	ok(shared->nobody, "it ran as uid 65534");
	is(shared->signal, -EPERM, "send_signal");
	is(shared->getfd, -EPERM, "getfd");
	ok(shared->namespace == -EPERM || shared->namespace == -EACCES, "namespace: %d",
	   shared->namespace);
	is(shared->setns, -EPERM, "setns");
	is(waitpid(target.pid, NULL, WNOHANG), 0, "the target still runs");
	child_end(&target);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "calls without rights");
	return done();
}
