/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Without rights over a cgroup: killing is -EACCES, waiting works. */
#include "cgroup_dir.h"

struct shared {
	struct cgroup cgroup;
	int nobody, kill, wait;
};

static int ask(void *argument)
{
	struct shared *shared = argument;

	shared->nobody = become_nobody();
	shared->kill = clone3_cgroup_kill(shared->cgroup.fd);
	shared->wait = clone3_cgroup_wait_empty(shared->cgroup.fd, 0);
	return 0;
}

int main(void)
{
	struct state before;

	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));

	state_take(&before);
	if (geteuid() != 0 || !cgroup_make(NULL, &shared->cgroup)) {
		skip("cgroup_permission", "needs root, and a cgroup");
		return done();
	}

	struct child nobody = child_start(ask, shared);

	is(child_reap(&nobody), 0, "the asking child ended well");
	close(nobody.pidfd);
	ok(shared->nobody, "it ran as uid 65534");
	is(shared->kill, cgroup_can_be_killed(&shared->cgroup) ? -EACCES : -EOPNOTSUPP, "kill");
	is(shared->wait, 0, "wait_empty");
	cgroup_remove(&shared->cgroup);
	nothing_left(&before, "a cgroup without rights");
	return done();
}
