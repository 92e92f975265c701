/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An O_PATH descriptor of a cgroup serves for both functions. */
#include "cgroup_dir.h"

struct shared {
	struct cgroup cgroup;
	int ready;
};

static int join(void *argument)
{
	struct shared *shared = argument;

	if (cgroup_join(&shared->cgroup))
		announce(&shared->ready);
	return child_pauses(NULL);
}

int main(void)
{
	struct state before;

	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));

	state_take(&before);
	if (!cgroup_make(NULL, &shared->cgroup)) {
		skip("cgroup_path_descriptor", "no right to make a cgroup");
		return done();
	}

	int fd = open(shared->cgroup.path, O_PATH | O_CLOEXEC);
	struct child child = child_start(join, shared);

	ok(await(&shared->ready), "a process is in it");
	is(clone3_cgroup_wait_empty(fd, 1000000), -ETIMEDOUT, "wait_empty while it is there");
	if (cgroup_can_be_killed(&shared->cgroup)) {
		is(clone3_cgroup_kill(fd), 0, "kill");
	} else {
		is(clone3_cgroup_kill(fd), -EOPNOTSUPP, "kill, before Linux 5.14");
		kill_one(child.pid, SIGKILL);
	}
	is(clone3_cgroup_wait_empty(fd, 20000000000), 0, "wait_empty");
	is(WTERMSIG(child_end(&child)), SIGKILL, "it was killed");
	close(fd);
	cgroup_remove(&shared->cgroup);
	nothing_left(&before, "an O_PATH descriptor");
	return done();
}
