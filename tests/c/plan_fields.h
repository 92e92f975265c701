/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The fields of a plan that count only with a step. */
#ifndef PLAN_FIELDS_H
#define PLAN_FIELDS_H

#include "tap.h"

#define PLAN_FIELD(step, name)                                                                     \
	{                                                                                          \
		CLONE3_STEP_##step, #name, offsetof(struct clone3_plan, name),                     \
			sizeof(((struct clone3_plan *)0)->name)                                    \
	}
static const struct {
	uint64_t step;
	const char *name;
	size_t offset;
	size_t size;
} plan_fields[] = {
	PLAN_FIELD(NAMESPACES, namespaces),
	PLAN_FIELD(SET_TID, set_tid),
	PLAN_FIELD(SET_TID, set_tid_count),
	PLAN_FIELD(IGNORE_SIGNALS, ignore_signals),
	PLAN_FIELD(DEFAULT_SIGNALS, default_signals),
	PLAN_FIELD(JOIN_NAMESPACES, joins),
	PLAN_FIELD(JOIN_NAMESPACES, join_count),
	PLAN_FIELD(UID_MAP, uid_map),
	PLAN_FIELD(UID_MAP, uid_map_count),
	PLAN_FIELD(GID_MAP, gid_map),
	PLAN_FIELD(GID_MAP, gid_map_count),
	PLAN_FIELD(TIME_OFFSETS, monotonic_offset_ns),
	PLAN_FIELD(TIME_OFFSETS, boottime_offset_ns),
	PLAN_FIELD(MOUNTS, mounts),
	PLAN_FIELD(MOUNTS, mount_count),
	PLAN_FIELD(PIVOT_ROOT, pivot_root),
	PLAN_FIELD(ROOT, root),
	PLAN_FIELD(HOSTNAME, hostname),
	PLAN_FIELD(TIMER_SLACK, timer_slack_ns),
	PLAN_FIELD(SCHEDULER, sched_flags),
	PLAN_FIELD(SCHEDULER, sched_runtime_ns),
	PLAN_FIELD(SCHEDULER, sched_deadline_ns),
	PLAN_FIELD(SCHEDULER, sched_period_ns),
	PLAN_FIELD(AFFINITY, affinity),
	PLAN_FIELD(AFFINITY, affinity_words),
	PLAN_FIELD(FDS, fds),
	PLAN_FIELD(FDS, fd_count),
	PLAN_FIELD(RLIMITS, rlimits),
	PLAN_FIELD(RLIMITS, rlimit_count),
	PLAN_FIELD(CAPABILITIES, caps),
	PLAN_FIELD(GROUPS, groups),
	PLAN_FIELD(GROUPS, group_count),
	PLAN_FIELD(CWD, cwd),
	PLAN_FIELD(SIGNAL_MASK, signal_mask),
	PLAN_FIELD(SECCOMP, seccomp),
	PLAN_FIELD(SECCOMP, seccomp_count),
	PLAN_FIELD(CGROUP, cgroup_fd),
	PLAN_FIELD(PROCESS_GROUP, process_group),
	PLAN_FIELD(CONTROLLING_TTY, controlling_tty_fd),
	PLAN_FIELD(FOREGROUND, foreground_fd),
	PLAN_FIELD(OOM_SCORE_ADJ, oom_score_adj),
	PLAN_FIELD(UMASK, umask),
	PLAN_FIELD(PERSONALITY, personality),
	PLAN_FIELD(NICE, nice),
	PLAN_FIELD(SCHEDULER, sched_policy),
	PLAN_FIELD(SCHEDULER, sched_priority),
	PLAN_FIELD(IO_PRIORITY, io_priority),
	PLAN_FIELD(GID, gid),
	PLAN_FIELD(UID, uid),
	PLAN_FIELD(CWD_FD, cwd_fd),
	PLAN_FIELD(PARENT_DEATH_SIGNAL, parent_death_signal),
	PLAN_FIELD(LANDLOCK, landlock_fd),
	PLAN_FIELD(EXEC_FD, exec_fd),
};
#define PLAN_FIELDS (sizeof(plan_fields) / sizeof(plan_fields[0]))

#endif
