/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* After a spawn with a helper the caller is alone: it may do what only a single thread may. */
#include "idmap.h"

#include <sys/ptrace.h>

#define PROCESSES 100

static const struct clone3_id_range odd_ids[] = { { 0, 0, 1 }, { 0, 5, 1 } };

/* 0: right. As a process with threads it would get EINVAL. */
static int spawn_then_unshare(void *pointer)
{
	const struct clone3_plan *plan = pointer;
	struct clone3_child child = child_record();
	int result = clone3_spawn(plan, &child);
	int error = syscall(SYS_unshare, (unsigned long)CLONE3_NEWUSER) == 0 ? 0 : errno;

	if (error)
		return 100 + error % 100;
	if (result == 0 && reap_code(child.pid) != 0)
		return 2;
	if (result == 0)
		close(child.pidfd);
	return !has_no_child();
}

static void alone_after(struct clone3_plan *plan, int result, const char *what)
{
	struct clone3_child child = child_record();
	int wrong = 0, last = 0;

	is(clone3_spawn(plan, &child), result, what);
	if (result == 0) {
		reap_code(child.pid);
		close(child.pidfd);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int code = apart(spawn_then_unshare, plan);

		wrong += code != 0;
		last = code ? code : last;
	}
	if (!ok(wrong == 0, "each of %d callers is alone afterwards", PROCESSES))
		printf("# %d are not, the last with code %d\n", wrong, last);
}

/*
 * A traced thread that has ended is one of its process until its tracer has waited for it: so a
 * helper takes as long as is wanted to leave.
 */
struct traced {
	struct clone3_plan plan;
	int seized;
};

static int spawn_traced(void *pointer)
{
	struct traced *traced = pointer;

	return await(&traced->seized) ? spawn_then_unshare(&traced->plan) : 3;
}

static void alone_after_a_slow_helper(const struct clone3_plan *plan)
{
	struct traced *traced = shared_memory(sizeof(*traced));
	struct child process;
	unsigned long helper = 0;
	int status = 0;

	traced->plan = *plan;
	process = child_start(spawn_traced, traced);
	if (ptrace(PTRACE_SEIZE, process.pid, NULL, (void *)PTRACE_O_TRACECLONE) != 0) {
		skip("idmap_alone_again: a slow helper", "nothing may be traced");
		child_end(&process);
		return;
	}
	announce(&traced->seized);
	ok(waitpid(process.pid, &status, __WALL) == process.pid &&
		   status >> 8 == (SIGTRAP | PTRACE_EVENT_CLONE << 8) &&
		   ptrace(PTRACE_GETEVENTMSG, process.pid, NULL, &helper) == 0,
	   "the helper is traced");
	ptrace(PTRACE_CONT, process.pid, NULL, NULL);
	waitpid((pid_t)helper, &status, __WALL);
	ptrace(PTRACE_CONT, (pid_t)helper, NULL, NULL);
	sleep_ms(50);
	is(reap((pid_t)helper), 0, "it is let go late");
	/* It stops at each signal: its child's end. */
	while ((status = reap(process.pid)) != -1 && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, process.pid, NULL, NULL);
	is(status, 0, "the caller is alone afterwards");
	close(process.pidfd);
	munmap(traced, sizeof(*traced));
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct state before;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!idmap_can_be_tested("idmap_alone_again"))
		return done();
	state_take(&before);
	plan = plan_with_maps("unused");
	alone_after(&plan, 0, "a program is started");
	alone_after_a_slow_helper(&plan);
	plan.path = "/nonexistent";
	alone_after(&plan, -ENOENT, "the program is not there");
	plan = plan_with_maps("unused");
	plan.steps |= CLONE3_STEP_CGROUP;
	plan.cgroup_fd = 999;
	alone_after(&plan, -EBADF, "no child is born");
	plan = plan_with_maps("unused");
	plan.uid_map = odd_ids;
	alone_after(&plan, -EINVAL, "a map that is refused");
	nothing_left(&before, "spawns of callers that are alone");
	return done();
}
