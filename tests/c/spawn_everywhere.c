/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The core of a spawn, which holds on every system: also in emulators, where memory is not shared. */
#include "cgroup_dir.h"
#include "spawn.h"

#define SECOND_NS 1000000000LL

static int program(const char *what)
{
	report->value[0] = umask(0);
	report->value[1] = fcntl(900, F_GETFD);
	report->value[2] = fcntl(901, F_GETFD);
	report->value[3] = getsid(0) == getpid();
	if (!getcwd(report->text, sizeof(report->text)))
		report->text[0] = 0;
	if (strcmp(what, "talk") == 0)
		return printf("what the program says\n") < 0;
	if (strcmp(what, "sleep") == 0)
		sleep_ms(200);
	return strcmp(what, "fail") == 0 ? 77 : 0;
}

/* A way without clone3 is reported by no more than this. */
static uint64_t may_be_emulated(void)
{
	return support_here().clone3_error ? CLONE3_STEP_CLONE : 0;
}

static void steps(void)
{
	static const struct clone3_fd map[] = { { 1, 900 } };
	struct clone3_plan plan = plan_for("steps");
	struct clone3_child child;

	plan.steps = CLONE3_STEP_UMASK | CLONE3_STEP_CWD | CLONE3_STEP_FDS | CLONE3_STEP_SESSION;
	plan.umask = 0124;
	plan.cwd = "/proc";
	plan.fds = map;
	plan.fd_count = 1;
	child = runs(&plan, 0, "four steps");
	is(child.omitted, 0, "none is left out");
	is(child.emulated & ~may_be_emulated(), 0, "nor emulated");
	is(report->value[0], 0124, "UMASK");
	ok(strcmp(report->text, "/proc") == 0, "CWD");
	is(report->value[1], 0, "FDS");
	is(report->value[2], -1, "and no other");
	is(report->value[3], 1, "SESSION");

	plan.cwd = "/nonexistent";
	refused(&plan, ENOENT, CLONE3_STEP_CWD, 0, "a step that fails");
	plan.optional = CLONE3_STEP_CWD;
	child = runs(&plan, 0, "and that may be left out");
	is(child.omitted, CLONE3_STEP_CWD, "is reported");
	is(report->value[0], 0124, "the others are taken");
}

static void program_ends(void)
{
	struct clone3_plan plan = plan_for("fail");
	struct clone3_child child;
	struct clone3_exit end;
	int status;

	runs(&plan, 77, "the program's exit status");
	plan.path = "/nonexistent";
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "no program");
	plan.path = "/proc/self/status";
	refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "no right to execute it");

	plan = plan_for("sleep");
	child = child_record();
	is(clone3_spawn(&plan, &child), 0, "one that takes its time");
	is(proc_fdinfo_pid(child.pidfd), child.pid, "its pidfd");
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &end), 0, "it runs");
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 1000000, &end), -ETIMEDOUT, "it still runs");
	is(clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_NOWAIT, 20 * SECOND_NS, &end), 1,
	   "it ends in time");
	is(clone3_pidfd_wait_timeout(child.pidfd, 0, 20 * SECOND_NS, &end), 1, "and is reaped");
	ok(end.pid == child.pid && end.code == CLD_EXITED && end.status == 0, "with its status");
	is(waitpid(child.pid, &status, __WALL), -1, "by its pidfd");
	close(child.pidfd);
}

static void output(void)
{
	static const char want[] = "what the program says\n";
	struct clone3_plan plan = plan_for("talk");
	char got[sizeof(want) + 1] = "";
	struct clone3_fd map[1];
	ssize_t length;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return;
	map[0] = (struct clone3_fd){ ends[1], 1 };
	plan.steps = CLONE3_STEP_FDS;
	plan.fds = map;
	plan.fd_count = 1;
	runs(&plan, 0, "a program that talks into a pipe");
	close(ends[1]);
	length = read(ends[0], got, sizeof(got));
	ok(length == sizeof(want) - 1 && strcmp(got, want) == 0, "what it says");
	is(read(ends[0], got, sizeof(got)), 0, "nobody holds the pipe");
	close(ends[0]);
}

static void in_cgroup(void)
{
	bool is_born_there = support_here().flags & CLONE3_INTO_CGROUP;
	struct clone3_plan plan = plan_for("sleep");
	struct clone3_child child = child_record();
	struct clone3_exit end;
	struct cgroup cgroup;

	if (!cgroup_make(NULL, &cgroup)) {
		skip("spawn_everywhere/cgroup", "no right to make a cgroup");
		return;
	}
	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = cgroup.fd;
	is(clone3_spawn(&plan, &child), 0, "CGROUP");
	is(cgroup_populated(&cgroup), 1, "the program is in it");
	is(child.emulated & ~may_be_emulated(), is_born_there ? 0 : CLONE3_STEP_CGROUP,
	   "by hand where clone3 is missing");
	is(clone3_pidfd_wait(child.pidfd, 0, &end), 1, "it ends");
	is(clone3_cgroup_wait_empty(cgroup.fd, 10000000000), 0, "and nobody is left in it");
	close(child.pidfd);
	cgroup_remove(&cgroup);
}

/* The program is the child of a child: its end is known though no memory is shared. */
static void joins(void)
{
	struct clone3_args args = args_with(CLONE3_NEWPID);
	struct clone3_join join = { .namespaces = CLONE3_NEWPID };
	struct clone3_plan plan = plan_for("join");
	int self = clone3_pidfd_open(getpid(), 0);
	pid_t pid = clone3_fork(&args, sizeof(args));
	struct clone3_child child = child_record();
	struct clone3_exit end = { 0 };
	char path[64];

	if (pid == 0)
		_exit(child_pauses(NULL));
	if (pid < 0) {
		close(self);
		skip("spawn_everywhere/join", "no right to make a pid namespace");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)pid);
	join.fd = open(path, O_RDONLY | O_CLOEXEC);
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = &join;
	plan.join_count = 1;
	plan.path = "/nonexistent";
	is(clone3_spawn(&plan, &child), -ENOENT,
	   "JOIN_NAMESPACES of a pid namespace, and no program");
	is(child.failed_step, CLONE3_STEP_EXEC, "is told");
	if (self < 0) {
		skip("spawn_everywhere/join", "no pidfd_open, for the pidfd of a child's child");
	} else {
		plan = plan_for("join");
		plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
		plan.joins = &join;
		plan.join_count = 1;
		child = child_record();
		is(clone3_spawn(&plan, &child), 0, "JOIN_NAMESPACES of a pid namespace");
		is(clone3_pidfd_wait(child.pidfd, 0, &end), 1, "it ends");
		ok(end.pid == child.pid && end.code == CLD_EXITED && end.status == 0,
		   "with its status");
		close(child.pidfd);
		close(self);
	}
	close(join.fd);
	kill_one(pid, SIGKILL);
	reap(pid);
}

int main(int argc, char **argv)
{
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	state_take(&before);
	steps();
	program_ends();
	output();
	in_cgroup();
	joins();
	nothing_left(&before, "all of this");
	return done();
}
