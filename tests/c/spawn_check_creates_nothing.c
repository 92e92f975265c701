/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the check refuses it refuses before the clone: the same where nothing can be created. */
#include "filter.h"
#include "spawn.h"

#define FATAL 0x40100ULL /* SIGKILL and SIGSTOP */

static const uint64_t word[1];
static const uint32_t no_group[] = { UINT32_MAX };
static const struct clone3_fd twice[] = { { 0, 9 }, { 1, 9 } };
static const struct clone3_fd negative[] = { { 0, -1 } };
static const struct clone3_rlimit reversed[] = { { RLIMIT_CORE, 0, 2, 1 } };
static const struct clone3_filter one_instruction[] = { { FILTER_ANSWER, 0, 0, FILTER_ALLOW } };

static const struct bad {
	uint64_t step;
	int error;
	uint32_t index;
	struct clone3_plan fields;
} bad[] = {
	{ CLONE3_STEP_CGROUP, EBADF, 0, { .cgroup_fd = -1 } },
	{ CLONE3_STEP_IGNORE_SIGNALS, EINVAL, 0, { .ignore_signals = FATAL } },
	{ CLONE3_STEP_DEFAULT_SIGNALS, EINVAL, 0, { .default_signals = FATAL } },
	{ CLONE3_STEP_PROCESS_GROUP, EINVAL, 0, { .process_group = -1 } },
	{ CLONE3_STEP_CONTROLLING_TTY,
	  EBADF,
	  0,
	  { .steps = CLONE3_STEP_SESSION, .controlling_tty_fd = -1 } },
	{ CLONE3_STEP_FOREGROUND, EBADF, 0, { .foreground_fd = -1 } },
	{ CLONE3_STEP_OOM_SCORE_ADJ, EINVAL, 0, { .oom_score_adj = 1001 } },
	{ CLONE3_STEP_OOM_SCORE_ADJ, EINVAL, 0, { .oom_score_adj = -1001 } },
	{ CLONE3_STEP_ROOT, EINVAL, 0, { .root = NULL } },
	{ CLONE3_STEP_UMASK, EINVAL, 0, { .umask = 01000 } },
	{ CLONE3_STEP_PERSONALITY, EINVAL, 0, { .personality = UINT32_MAX } },
	{ CLONE3_STEP_TIMER_SLACK, EINVAL, 0, { .timer_slack_ns = 0 } },
	{ CLONE3_STEP_NICE, EINVAL, 0, { .nice = 20 } },
	{ CLONE3_STEP_NICE, EINVAL, 0, { .nice = -21 } },
	{ CLONE3_STEP_SCHEDULER, EINVAL, 0, { .sched_policy = -1 } },
	{ CLONE3_STEP_SCHEDULER, EINVAL, 0, { .sched_priority = -1 } },
	{ CLONE3_STEP_AFFINITY, EINVAL, 0, { .affinity_words = 1 } },
	{ CLONE3_STEP_AFFINITY, EINVAL, 0, { .affinity = word } },
	{ CLONE3_STEP_IO_PRIORITY, EINVAL, 0, { .io_priority = 1 << 16 } },
	{ CLONE3_STEP_FDS, EINVAL, 0, { .fd_count = 1 } },
	{ CLONE3_STEP_FDS, EINVAL, 1, { .fds = twice, .fd_count = 2 } },
	{ CLONE3_STEP_FDS, EBADF, 0, { .fds = negative, .fd_count = 1 } },
	{ CLONE3_STEP_RLIMITS, EINVAL, 0, { .rlimit_count = 1 } },
	{ CLONE3_STEP_RLIMITS, EINVAL, 0, { .rlimits = reversed, .rlimit_count = 1 } },
	{ CLONE3_STEP_CAPABILITIES, EINVAL, 0, { .caps = { .effective = 1 } } },
	{ CLONE3_STEP_CAPABILITIES, EINVAL, 0, { .caps = { .permitted = 1, .ambient = 1 } } },
	{ CLONE3_STEP_CAPABILITIES, EINVAL, 0, { .caps = { .reserved = 1 } } },
	{ CLONE3_STEP_GROUPS, EINVAL, 0, { .group_count = 1 } },
	{ CLONE3_STEP_GROUPS, EINVAL, 0, { .groups = no_group, .group_count = 1 } },
	{ CLONE3_STEP_GID, EINVAL, 0, { .gid = UINT32_MAX } },
	{ CLONE3_STEP_UID, EINVAL, 0, { .uid = UINT32_MAX } },
	{ CLONE3_STEP_CWD, EINVAL, 0, { .cwd = NULL } },
	{ CLONE3_STEP_CWD_FD, EBADF, 0, { .cwd_fd = -1 } },
	{ CLONE3_STEP_PARENT_DEATH_SIGNAL, EINVAL, 0, { .parent_death_signal = 0 } },
	{ CLONE3_STEP_PARENT_DEATH_SIGNAL, EINVAL, 0, { .parent_death_signal = 65 } },
	{ CLONE3_STEP_LANDLOCK, EBADF, 0, { .landlock_fd = -1 } },
	{ CLONE3_STEP_SECCOMP, EINVAL, 0, { .seccomp_count = 1 } },
	{ CLONE3_STEP_SECCOMP, EINVAL, 0, { .seccomp = one_instruction } },
	{ CLONE3_STEP_SECCOMP, EINVAL, 0, { .seccomp = one_instruction, .seccomp_count = 4097 } },
	{ CLONE3_STEP_EXEC_FD, EINVAL, 0, { .exec_fd = 0 } },
	{ CLONE3_STEP_NAMESPACES, EINVAL, 0, { .namespaces = 0 } },
	{ CLONE3_STEP_NAMESPACES, EINVAL, 0, { .namespaces = CLONE3_VM } },
	{ CLONE3_STEP_SET_TID, EINVAL, 0, { .set_tid_count = 1 } },
	{ CLONE3_STEP_JOIN_NAMESPACES, EINVAL, 0, { .join_count = 1 } },
	{ CLONE3_STEP_HOSTNAME, EINVAL, 0, { .hostname = "no namespace" } },
	{ CLONE3_STEP_LOOPBACK, EINVAL, 0, { .steps = 0 } },
	{ CLONE3_STEP_CHECK, EINVAL, 0, { .steps = 1ULL << 60 } },
	{ CLONE3_STEP_CHECK, EINVAL, 0, { .steps = CLONE3_STEP_CLONE } },
	{ CLONE3_STEP_CHECK, EINVAL, 0, { .reserved = 1 } },
};
#define BAD (sizeof(bad) / sizeof(bad[0]))

static struct clone3_plan bad_plan(const struct bad *row)
{
	struct clone3_plan usual = plan_for("check");
	struct clone3_plan plan = row->fields;

	plan.size = usual.size;
	plan.path = usual.path;
	plan.argv = usual.argv;
	if (row->step != CLONE3_STEP_CHECK)
		plan.steps |= row->step;
	return plan;
}

/* One row, by a process that cannot create another. */
static const char *nothing_can_be_created(const void *pointer)
{
	const struct bad *row = pointer;
	struct clone3_plan good = plan_for("check");
	struct clone3_plan plan;
	const char *fault;

	if (!filter_every_clone(EDOM, EDOM))
		return "no filter";
	fault = fault_of_refusal(&good, EDOM, CLONE3_STEP_CLONE, 0);
	if (*fault)
		return fault;
	plan = bad_plan(row);
	return fault_of_refusal(&plan, row->error, row->step, row->index);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0;
	for (size_t i = 0; i < BAD; i++)
		holds_apart(nothing_can_be_created, &bad[i], clone3_step_name(bad[i].step));
	return done();
}
