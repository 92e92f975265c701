/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every field without its step, every step with what it may not be with, every step still to come. */
#include "plan_fields.h"
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* Those that every plan has. */
#define COMMON_SIZE offsetof(struct clone3_plan, namespaces)

static void fields_without_steps(void)
{
	const struct clone3_plan usual = plan_for("fields");
	size_t known = COMMON_SIZE + sizeof(usual.reserved);

	for (size_t i = 0; i < PLAN_FIELDS; i++) {
		const char *fault = "";

		known += plan_fields[i].size;
		for (size_t byte = 0; byte < plan_fields[i].size && !*fault; byte++) {
			struct clone3_plan plan = usual;

			((unsigned char *)&plan)[plan_fields[i].offset + byte] = 1;
			fault = fault_of_refusal(&plan, EINVAL, plan_fields[i].step, 0);
		}
		if (!ok(!*fault, "%s without its step, in every byte", plan_fields[i].name))
			printf("# %s\n", fault);
	}
	is(known, sizeof(usual), "these are all fields of the plan");
}

/* What is not to be there is not looked at, either: it may be what lay in the memory before. */
static void pointers_without_steps(void)
{
	static const uint64_t steps[] = { CLONE3_STEP_AUTO_REAP, CLONE3_STEP_KILL_ON_CLOSE,
					  CLONE3_STEP_SET_TID };
	const int32_t pids[] = { 1 };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct clone3_plan plan = plan_for("pointers");

		plan.steps = steps[i];
		if (steps[i] == CLONE3_STEP_SET_TID) {
			plan.set_tid = pids;
			plan.set_tid_count = 1;
		}
		plan.joins = (const struct clone3_join *)8;
		plan.join_count = 1;
		refused(&plan, EINVAL, CLONE3_STEP_JOIN_NAMESPACES, 0, clone3_step_name(steps[i]));
	}
}

static void never_optional(void)
{
	static const uint64_t steps[] = {
		CLONE3_STEP_ROOT,   CLONE3_STEP_PIVOT_ROOT, CLONE3_STEP_CAPABILITIES,
		CLONE3_STEP_GROUPS, CLONE3_STEP_GID,        CLONE3_STEP_UID,
	};
	struct clone3_plan by_fd = plan_by_fd_for("optional");

	by_fd.optional = CLONE3_STEP_EXEC_FD;
	refused(&by_fd, EINVAL, CLONE3_STEP_EXEC_FD, 0, "the program itself may not be left out");

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct clone3_plan plan = plan_for("optional");

		plan.steps = steps[i] | CLONE3_STEP_NO_NEW_PRIVS;
		plan.root = steps[i] == CLONE3_STEP_ROOT ? "/" : NULL;
		plan.optional = plan.steps;
		refused(&plan, EINVAL, steps[i], 0, "a step that may not be left out");
	}

	/* Ids are meant to be those of the user namespace. */
	for (size_t i = 2; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct clone3_join join = { 0, 0, CLONE3_NEWUSER };
		struct clone3_plan plan = plan_for("optional");

		plan.steps = CLONE3_STEP_NAMESPACES | steps[i];
		plan.optional = CLONE3_STEP_NAMESPACES;
		plan.namespaces = CLONE3_NEWUSER | CLONE3_NEWUTS;
		refused(&plan, EINVAL, CLONE3_STEP_NAMESPACES, 0, clone3_step_name(steps[i]));
		plan.steps = CLONE3_STEP_JOIN_NAMESPACES | steps[i];
		plan.optional = CLONE3_STEP_JOIN_NAMESPACES;
		plan.namespaces = 0;
		plan.joins = &join;
		plan.join_count = 1;
		refused(&plan, EINVAL, CLONE3_STEP_JOIN_NAMESPACES, 0, clone3_step_name(steps[i]));
	}
}

/* What needs another step, and what may not be with another. */
static void pairs(void)
{
	struct clone3_plan plan = plan_for("pairs");

	plan.steps = CLONE3_STEP_CONTROLLING_TTY;
	refused(&plan, EINVAL, CLONE3_STEP_CONTROLLING_TTY, 0, "without SESSION");
	plan.optional = CLONE3_STEP_CONTROLLING_TTY;
	refused(&plan, EINVAL, CLONE3_STEP_CONTROLLING_TTY, 0, "the same if it is optional");
	plan.optional = 0;
	plan.steps = CLONE3_STEP_SESSION | CLONE3_STEP_PROCESS_GROUP;
	refused(&plan, EINVAL, CLONE3_STEP_PROCESS_GROUP, 0, "with SESSION");
	plan.steps = CLONE3_STEP_CWD | CLONE3_STEP_CWD_FD;
	plan.cwd = "/";
	refused(&plan, EINVAL, CLONE3_STEP_CWD_FD, 0, "with CWD");
	plan.cwd = NULL;
	plan.steps = CLONE3_STEP_IGNORE_SIGNALS | CLONE3_STEP_DEFAULT_SIGNALS;
	plan.ignore_signals = plan.default_signals = 1;
	refused(&plan, EINVAL, CLONE3_STEP_DEFAULT_SIGNALS, 0, "one signal in both");
	plan.ignore_signals = plan.default_signals = 0;
	plan.steps = CLONE3_STEP_EXEC_FD;
	refused(&plan, EINVAL, CLONE3_STEP_EXEC_FD, 0, "with a path");
}

/* NULL beside a count; a count of 0 is nothing to do, where that makes sense. */
static void arrays(void)
{
	struct clone3_plan plan = plan_for("arrays");
	uint32_t group = UINT32_MAX;

	plan.steps = CLONE3_STEP_FDS | CLONE3_STEP_RLIMITS;
	runs(&plan, 0, "arrays without an element");
	plan.steps = CLONE3_STEP_FDS;
	plan.fd_count = 1;
	refused(&plan, EINVAL, CLONE3_STEP_FDS, 0, "NULL");
	plan.fd_count = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_FDS, 0, "NULL, and a count without bound");
	plan.fds = (const struct clone3_fd *)&plan;
	refused(&plan, EINVAL, CLONE3_STEP_FDS, 0, "a count without bound");
	plan.fds = NULL;
	plan.fd_count = 0;
	plan.steps = CLONE3_STEP_RLIMITS;
	plan.rlimit_count = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_RLIMITS, 0, "NULL");
	plan.rlimit_count = 0;
	plan.steps = CLONE3_STEP_GROUPS;
	plan.group_count = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_GROUPS, 0, "NULL");
	plan.groups = &group;
	refused(&plan, EINVAL, CLONE3_STEP_GROUPS, 0, "a count without bound");
	plan.groups = NULL;
	plan.group_count = 0;
	plan.steps = CLONE3_STEP_AFFINITY;
	plan.affinity_words = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_AFFINITY, 0, "NULL");
	plan.affinity = &plan.steps;
	refused(&plan, EINVAL, CLONE3_STEP_AFFINITY, 0, "a count without bound");
	plan.affinity = NULL;
	plan.affinity_words = 0;
	plan.steps = CLONE3_STEP_SECCOMP;
	plan.seccomp_count = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "NULL");
	plan.seccomp = (const struct clone3_filter *)&plan;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "a count without bound");
	plan.seccomp_count = 65536 + 4;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "one that 16 bits would cut short");
}

/* Numbers that 32 or 64 bits make possible, at both sides of their bounds. */
static void bounds(void)
{
	struct clone3_plan plan = plan_for("bounds");
	static const int32_t negative[] = { -1, INT32_MIN };

	for (size_t i = 0; i < 2; i++) {
		plan = plan_for("bounds");
		plan.steps = CLONE3_STEP_NICE;
		plan.nice = i ? INT32_MIN : INT32_MAX;
		refused(&plan, EINVAL, CLONE3_STEP_NICE, 0, "far out of range");
		plan.nice = 0;
		plan.steps = CLONE3_STEP_OOM_SCORE_ADJ;
		plan.oom_score_adj = i ? INT32_MIN : INT32_MAX;
		refused(&plan, EINVAL, CLONE3_STEP_OOM_SCORE_ADJ, 0, "far out of range");
		plan.oom_score_adj = 0;
		plan.steps = CLONE3_STEP_UMASK;
		plan.umask = i ? UINT32_MAX : 01000;
		refused(&plan, EINVAL, CLONE3_STEP_UMASK, 0, "more than permissions");
		plan.umask = 0;
		plan.steps = CLONE3_STEP_PROCESS_GROUP;
		plan.process_group = negative[i];
		refused(&plan, EINVAL, CLONE3_STEP_PROCESS_GROUP, 0, "negative");
		plan.process_group = 0;
		plan.steps = CLONE3_STEP_PARENT_DEATH_SIGNAL;
		plan.parent_death_signal = negative[i];
		refused(&plan, EINVAL, CLONE3_STEP_PARENT_DEATH_SIGNAL, 0, "negative");
		plan.parent_death_signal = 0;
		plan.steps = CLONE3_STEP_SCHEDULER;
		plan.sched_priority = negative[i];
		refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "a negative priority");
		plan.sched_priority = 0;
		plan.sched_policy = negative[i];
		refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "a negative policy");
		plan.sched_policy = 0;
		plan.sched_flags = i ? UINT64_MAX : 1ULL << 40;
		refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "flags that are none");
		plan.sched_flags = 0;

		plan.steps = CLONE3_STEP_CGROUP;
		plan.cgroup_fd = negative[i];
		refused(&plan, EBADF, CLONE3_STEP_CGROUP, 0, "a negative descriptor");
		plan.cgroup_fd = 0;
		plan.steps = CLONE3_STEP_SESSION | CLONE3_STEP_CONTROLLING_TTY;
		plan.controlling_tty_fd = negative[i];
		refused(&plan, EBADF, CLONE3_STEP_CONTROLLING_TTY, 0, "a negative descriptor");
		plan.controlling_tty_fd = 0;
		plan.steps = CLONE3_STEP_FOREGROUND;
		plan.foreground_fd = negative[i];
		refused(&plan, EBADF, CLONE3_STEP_FOREGROUND, 0, "a negative descriptor");
		plan.foreground_fd = 0;
		plan.steps = CLONE3_STEP_CWD_FD;
		plan.cwd_fd = negative[i];
		refused(&plan, EBADF, CLONE3_STEP_CWD_FD, 0, "a negative descriptor");
		plan.cwd_fd = 0;
		plan.steps = CLONE3_STEP_LANDLOCK;
		plan.landlock_fd = negative[i];
		refused(&plan, EBADF, CLONE3_STEP_LANDLOCK, 0, "a negative descriptor");
		plan.landlock_fd = 0;
		plan.path = NULL;
		plan.steps = CLONE3_STEP_EXEC_FD;
		plan.exec_fd = negative[i];
		refused(&plan, EBADF, CLONE3_STEP_EXEC_FD, 0, "a negative descriptor");
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	fields_without_steps();
	pointers_without_steps();
	never_optional();
	pairs();
	arrays();
	bounds();
	return done();
}
