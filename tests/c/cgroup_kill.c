/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_cgroup_kill ends every process in a cgroup and below, and nobody else. */
#include "cgroup_dir.h"

struct shared {
	struct cgroup outer, inner;
	int in_outer, in_inner, ready;
};

/* Stays in the outer cgroup; its child moves to the inner one; its grandchild is born there. */
static int populate(void *argument)
{
	struct shared *shared = argument;

	shared->in_outer = cgroup_join(&shared->outer);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* for a test that is killed itself */
		shared->in_inner = cgroup_join(&shared->inner);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			announce(&shared->ready);
		}
		/* Ignored signals and a session of its own are no way out. */
		setsid();
		signal(SIGTERM, SIG_IGN);
		return child_pauses(NULL);
	}
	return child_pauses(NULL);
}

int main(void)
{
	struct state before;
	int killed = 0, status;

	alarm(60);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	state_take(&before);

	struct shared *shared = shared_memory(sizeof(*shared));

	if (!cgroup_make(NULL, &shared->outer) || !cgroup_make(&shared->outer, &shared->inner)) {
		skip("cgroup_kill", "no right to make a cgroup");
		return done();
	}
	if (!cgroup_can_be_killed(&shared->outer)) {
		is(clone3_cgroup_kill(shared->outer.fd), -EOPNOTSUPP, "before Linux 5.14");
		skip("cgroup_kill", "needs Linux 5.14");
		cgroup_remove(&shared->inner);
		cgroup_remove(&shared->outer);
		return done();
	}

	struct child outside = child_start(child_pauses, NULL);
	struct child inside = child_start(populate, shared);

	ok(await(&shared->ready) && shared->in_outer && shared->in_inner,
	   "two cgroups have processes");
	close(inside.pidfd);
	is(clone3_cgroup_kill(shared->outer.fd), 0, "kill");
	is(clone3_cgroup_wait_empty(shared->outer.fd, 20000000000), 0, "and wait");
	is(cgroup_populated(&shared->outer), 0, "cgroup.events says the same");

	/* Orphans come to us: this process is a subreaper. */
	for (int i = 0; i < 3; i++)
		killed += waitpid(-1, &status, __WALL) > 0 && WIFSIGNALED(status) &&
			  WTERMSIG(status) == SIGKILL;
	is(killed, 3, "child, grandchild and great-grandchild died by SIGKILL");
	is(waitpid(outside.pid, &status, WNOHANG), 0, "a child outside lives");
	child_end(&outside);
	is(clone3_cgroup_kill(shared->outer.fd), 0, "killing an empty one");
	cgroup_remove(&shared->inner);
	cgroup_remove(&shared->outer);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "cgroup_kill");
	return done();
}
