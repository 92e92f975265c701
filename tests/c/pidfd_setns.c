/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_setns: the caller moves into namespaces of a process, one or several at once. */
#include "child.h"
#include "proc.h"

#include <sched.h>

struct shared {
	int ready, pidfd, result;
	uint64_t flags;
	uint64_t seen[NAMESPACE_KINDS]; /* the mover's own, by /proc, afterwards */
	uint64_t pid_for_children;
};

static int unshare_some(void *argument)
{
	struct shared *shared = argument;

	if (unshare((int)(CLONE3_NEWUTS | CLONE3_NEWIPC | CLONE3_NEWNET)) == 0)
		announce(&shared->ready);
	return child_pauses(NULL);
}

static int move(void *argument)
{
	struct shared *shared = argument;

	shared->result = clone3_pidfd_setns(shared->pidfd, shared->flags);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		shared->seen[i] = proc_namespace(getpid(), namespace_kinds[i].name);
	shared->pid_for_children = proc_namespace(getpid(), "pid_for_children");
	return 0;
}

int main(void)
{
	static const struct {
		const char *what;
		uint64_t flags;
	} cases[] = {
		{ "NEWUTS", CLONE3_NEWUTS },
		{ "NEWIPC", CLONE3_NEWIPC },
		{ "NEWUTS, NEWIPC and NEWNET at once",
		  CLONE3_NEWUTS | CLONE3_NEWIPC | CLONE3_NEWNET },
		{ "NEWPID", CLONE3_NEWPID },
	};
	struct state before;

	if (geteuid() != 0) {
		skip("pidfd_setns", "needs root, for namespaces of its own");
		return done();
	}
	state_take(&before);
	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));
	struct child target = child_start(unshare_some, shared);

	ok(await(&shared->ready), "the target is in its namespaces");
	shared->pidfd = target.pidfd;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool right = true;

		shared->flags = cases[i].flags;

		struct child mover = child_start(move, shared);

		child_reap(&mover);
		close(mover.pidfd);
		is(shared->result, 0, cases[i].what);
		for (size_t j = 0; j < NAMESPACE_KINDS; j++) {
			pid_t whose = shared->flags & namespace_kinds[j].flag ? target.pid :
										getpid();

			right = right &&
				shared->seen[j] == proc_namespace(whose, namespace_kinds[j].name);
		}
		ok(right, "%s: these are the target's, all else as before", cases[i].what);
	}
	is(shared->pid_for_children, proc_namespace(target.pid, "pid"),
	   "NEWPID changes where children are born");
	child_end(&target);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "pidfd_setns");
	return done();
}
