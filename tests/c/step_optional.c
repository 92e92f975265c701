/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Optional steps: one that fails is left out and reported, what needs it with it. */
#include "filter.h"
#include "spawn.h"

#include <sched.h>

static int program(const char *what)
{
	(void)what;
	report->value[0] = getsid(0);
	report->value[1] = (int64_t)umask(0);
	report->value[2] = getpgid(0);
	return 0;
}

/* Each fails, for every user, when it is taken; none when the plan is checked. */
static struct clone3_rlimit limits[] = { { RLIMIT_NOFILE, 0, 1, UINT64_MAX } };
static const uint64_t no_cpu[1];
static const struct clone3_filter endless[] = { { 0, 0, 0, 0 } };
static const struct clone3_fd map[] = { { 999999, 5 } };

static const struct failing {
	uint64_t step;
	int error;
	struct clone3_plan fields;
} failing[] = {
	{ CLONE3_STEP_CGROUP, EBADF, { .cgroup_fd = 999999 } },
	{ CLONE3_STEP_PROCESS_GROUP, EPERM, { .process_group = 1 << 22 } },
	{ CLONE3_STEP_FOREGROUND, EBADF, { .foreground_fd = 999999 } },
	{ CLONE3_STEP_SCHEDULER, EINVAL, { .sched_policy = 77 } },
	{ CLONE3_STEP_AFFINITY, EINVAL, { .affinity = no_cpu, .affinity_words = 1 } },
	{ CLONE3_STEP_IO_PRIORITY, EINVAL, { .io_priority = 7 << 13 } },
	{ CLONE3_STEP_FDS, EBADF, { .fds = map, .fd_count = 1 } },
	{ CLONE3_STEP_RLIMITS, EPERM, { .rlimits = limits, .rlimit_count = 1 } },
	{ CLONE3_STEP_CWD, ENOENT, { .cwd = "/no/such/directory" } },
	{ CLONE3_STEP_CWD_FD, EBADF, { .cwd_fd = 999999 } },
	{ CLONE3_STEP_SECCOMP, EINVAL, { .seccomp = endless, .seccomp_count = 1 } },
};
#define FAILING (sizeof(failing) / sizeof(failing[0]))

/* Of the plan that fails: everything but what starts the program. */
static struct clone3_plan plan_failing(const struct failing *step)
{
	struct clone3_plan usual = plan_for("optional");
	struct clone3_plan plan = step->fields;

	plan.size = usual.size;
	plan.path = usual.path;
	plan.argv = usual.argv;
	plan.steps = step->step | CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_UMASK;
	plan.umask = 0124;
	return plan;
}

static void each_by_itself(void)
{
	for (size_t i = 0; i < FAILING; i++) {
		struct clone3_plan plan = plan_failing(&failing[i]);
		const char *name = clone3_step_name(failing[i].step);
		struct clone3_child child;

		refused(&plan, failing[i].error, failing[i].step, 0, name);
		plan.optional = failing[i].step;
		child = runs(&plan, 0, name);
		is(child.omitted, failing[i].step, "optional, it is left out and reported");
		is(report->value[1], 0124, "and another step is taken");
		plan.optional |= CLONE3_STEP_UMASK;
		child = runs(&plan, 0, name);
		is(child.omitted, failing[i].step, "an optional step that works is not reported");
	}
}

/* SESSION fails for the leader of a process group, which a child is not: only a filter refuses it. */
static const char *without_setsid(const void *terminal)
{
	struct clone3_plan plan = plan_for("optional");
	struct clone3_child child;
	const char *fault;
	int64_t session = getsid(0);

	if (!refuse(SYS_setsid, ENOTTY))
		return "no filter";
	plan.steps = CLONE3_STEP_SESSION;
	fault = fault_of_refusal(&plan, ENOTTY, CLONE3_STEP_SESSION, 0);
	if (*fault)
		return fault;
	plan.optional = CLONE3_STEP_SESSION;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != CLONE3_STEP_SESSION || report->value[0] != session)
		return "SESSION is not left out";
	plan.steps |= CLONE3_STEP_CONTROLLING_TTY;
	plan.controlling_tty_fd = *(const int *)terminal;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_CONTROLLING_TTY, 0);
	if (*fault)
		return fault;
	plan.optional |= CLONE3_STEP_CONTROLLING_TTY;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == plan.optional ? "" : "what needs SESSION is not left out";
}

/* SCHEDULER sets the nice value, too: not the one that was left out. */
static const char *without_nice(const void *unused)
{
	const struct rlimit none = { 0, 0 };
	struct clone3_plan plan = plan_for("optional");
	struct clone3_child child;
	const char *fault;

	(void)unused;
	setrlimit(RLIMIT_NICE, &none);
	if (geteuid() == 0 && !be_nobody())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_SCHEDULER;
	plan.nice = -5;
	plan.sched_policy = SCHED_BATCH;
	plan.optional = CLONE3_STEP_NICE;
	fault = fault_of_run(&plan, 0, &child);
	return !*fault && child.omitted != CLONE3_STEP_NICE ? "not reported" : fault;
}

/* Of an array, what comes before the element that fails stays. */
static const char *part_of_limits(const void *unused)
{
	struct rlimit before = { 10, 1000 };
	static const struct clone3_rlimit two[] = { { RLIMIT_CORE, 0, 20, 1000 },
						    { RLIMIT_MSGQUEUE, 0, 5, UINT64_MAX } };
	struct clone3_plan plan = plan_for("optional");
	struct clone3_child child;
	const char *fault;

	(void)unused;
	setrlimit(RLIMIT_CORE, &before);
	setrlimit(RLIMIT_MSGQUEUE, &before);
	if (geteuid() == 0 && !be_nobody())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_RLIMITS;
	plan.rlimits = two;
	plan.rlimit_count = 2;
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_RLIMITS, 1);
	if (*fault)
		return fault;
	plan.optional = CLONE3_STEP_RLIMITS;
	fault = fault_of_run(&plan, 0, &child);
	return !*fault && child.omitted != CLONE3_STEP_RLIMITS ? "not reported" : fault;
}

int main(int argc, char **argv)
{
	struct clone3_plan all;
	struct clone3_child child;
	int terminal;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	each_by_itself();

	/* All that can fail at once, but one of the two directories. */
	all = plan_for("optional");
	all.steps = CLONE3_STEP_CGROUP | CLONE3_STEP_PROCESS_GROUP | CLONE3_STEP_FOREGROUND |
		    CLONE3_STEP_SCHEDULER | CLONE3_STEP_CWD | CLONE3_STEP_CLOSE_OTHERS |
		    CLONE3_STEP_FDS;
	all.optional = all.steps;
	all.cgroup_fd = all.foreground_fd = 999999;
	all.process_group = 1 << 22;
	all.sched_policy = 77;
	all.cwd = "/no/such/directory";

	const struct clone3_fd keeps[] = { { report_fd, report_fd } };

	all.fds = keeps;
	all.fd_count = 1;
	child = runs(&all, 0, "five that fail and two that do not");
	is(child.omitted, all.steps & ~(CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_FDS),
	   "the five are reported");

	holds_apart(without_setsid, &terminal, "what needs a step that was left out");
	holds_apart(without_nice, NULL, "a nice value that may not be had, and a policy that may");
	holds_apart(part_of_limits, NULL, "limits of which the second fails");
	return done();
}
