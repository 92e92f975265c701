/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The check of a plan: what can be known to be wrong before anything is created. */
#include "../clone/clone.h"
#include "spawn.h"

#define C3_NO_SUCH_ID 0xffffffffU
#define C3_MOST_GROUPS 65536      /* NGROUPS_MAX */
#define C3_MOST_INSTRUCTIONS 4096 /* BPF_MAXINSNS */
#define C3_MOST_FDS (1 << 20)
#define C3_RESOURCES 16           /* RLIM_NLIMITS */
#define C3_MOST_PID_NAMESPACES 32 /* MAX_PID_NS_LEVEL */
#define C3_LONGEST_HOSTNAME 64    /* __NEW_UTS_LEN */

/* SIGKILL's and SIGSTOP's disposition cannot be changed. */
#define C3_FIXED_SIGNALS (c3_signal_bit(C3_SIGKILL) | c3_signal_bit(C3_SIGSTOP))

static int descriptor(int32_t fd)
{
	return fd < 0 ? -EBADF : 0;
}

static int valid(int condition)
{
	return condition ? 0 : -EINVAL;
}

static int cgroup(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return descriptor(plan->cgroup_fd);
}

/* EMPTY_MNTNS makes a mount namespace, too. */
static uint64_t new_namespaces(const struct clone3_plan *plan)
{
	uint64_t kinds = plan->namespaces;

	return kinds & CLONE3_EMPTY_MNTNS ? kinds | CLONE3_NEWNS : kinds;
}

static int namespaces(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->namespaces &&
		     !(plan->namespaces & ~(C3_NAMESPACE_FLAGS | CLONE3_EMPTY_MNTNS)));
}

static int is_not_nested(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(!c3_plan_joins(plan, CLONE3_NEWPID));
}

static int set_tid(const struct clone3_plan *plan, uint32_t *index)
{
	if (!plan->set_tid || plan->set_tid_count == 0 ||
	    plan->set_tid_count > C3_MOST_PID_NAMESPACES || is_not_nested(plan, index))
		return -EINVAL;
	for (size_t i = 0; i < plan->set_tid_count; i++) {
		*index = (uint32_t)i;
		if (plan->set_tid[i] < 1)
			return -EINVAL;
	}
	return 0;
}

static int ignore_signals(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(!(plan->ignore_signals & C3_FIXED_SIGNALS));
}

static int default_signals(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(!(plan->default_signals & (C3_FIXED_SIGNALS | plan->ignore_signals)));
}

/*
 * A closed number is found here, before the child's own pidfd can be there. What is new and joined
 * at once would be left at once, and what is meant for the new namespace would befall the joined
 * one. A new user namespace has no rights over any pid namespace that there is.
 */
static int joins(const struct clone3_plan *plan, uint32_t *index)
{
	uint64_t no_kind = ~C3_NAMESPACE_FLAGS | CLONE3_NEWTIME | new_namespaces(plan);

	if (!plan->joins || plan->join_count == 0)
		return -EINVAL;
	for (size_t i = 0; i < plan->join_count; i++) {
		const struct clone3_join *join = &plan->joins[i];

		*index = (uint32_t)i;
		if (join->reserved || !join->namespaces || join->namespaces & no_kind)
			return -EINVAL;
		if (join->namespaces & CLONE3_NEWPID && plan->namespaces & CLONE3_NEWUSER)
			return -EINVAL;
		if (join->fd < 0 || c3_fcntl(join->fd, C3_F_GETFD, 0) < 0)
			return -EBADF;
	}
	return 0;
}

static int process_group(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->process_group >= 0 && !(plan->steps & CLONE3_STEP_SESSION));
}

static int controlling_tty(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return descriptor(plan->controlling_tty_fd);
}

static int foreground(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return descriptor(plan->foreground_fd);
}

static unsigned int digits(uint32_t number)
{
	unsigned int count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

static int overlap(uint32_t a, uint32_t b, const struct clone3_id_range *x,
		   const struct clone3_id_range *y)
{
	return a <= (uint64_t)b + y->count - 1 && b <= (uint64_t)a + x->count - 1;
}

/* What the kernel refuses for its form: user_namespaces(7). */
static int id_ranges(const struct clone3_id_range *ranges, size_t count, uint32_t *index)
{
	size_t length = 0;

	if (!ranges || count == 0 || count > C3_MOST_ID_RANGES)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		const struct clone3_id_range *range = &ranges[i];

		*index = (uint32_t)i;
		length += digits(range->inside) + digits(range->outside) + digits(range->count) + 3;
		if (range->count == 0 || (uint64_t)range->inside + range->count > UINT32_MAX ||
		    (uint64_t)range->outside + range->count > UINT32_MAX ||
		    length >= c3_page_size())
			return -EINVAL;
		for (size_t j = 0; j < i; j++)
			if (overlap(range->inside, ranges[j].inside, range, &ranges[j]) ||
			    overlap(range->outside, ranges[j].outside, range, &ranges[j]))
				return -EINVAL;
	}
	return 0;
}

static int uid_map(const struct clone3_plan *plan, uint32_t *index)
{
	return id_ranges(plan->uid_map, plan->uid_map_count, index);
}

static int gid_map(const struct clone3_plan *plan, uint32_t *index)
{
	return id_ranges(plan->gid_map, plan->gid_map_count, index);
}

static int oom_score_adj(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->oom_score_adj >= -1000 && plan->oom_score_adj <= 1000);
}

static int mounts(const struct clone3_plan *plan, uint32_t *index)
{
	if (!plan->mounts || plan->mount_count == 0)
		return -EINVAL;
	for (size_t i = 0; i < plan->mount_count; i++) {
		const struct clone3_mount *mount = &plan->mounts[i];

		*index = (uint32_t)i;
		if (mount->reserved || !mount->target)
			return -EINVAL;
		if (mount->mount_fd < 0)
			return -EBADF;
	}
	return 0;
}

static int pivot_root(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->pivot_root && !(plan->steps & CLONE3_STEP_ROOT));
}

static int root(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->root != NULL);
}

static int hostname(const struct clone3_plan *plan, uint32_t *index)
{
	size_t length = 0;

	(void)index;
	if (!plan->hostname)
		return -EINVAL;
	while (length <= C3_LONGEST_HOSTNAME && plan->hostname[length])
		length++;
	return valid(length <= C3_LONGEST_HOSTNAME);
}

static int set_umask(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->umask <= 0777);
}

/* All ones only asks. */
static int personality(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->personality != UINT32_MAX);
}

/* 0 is the default: what there is anyway. */
static int timer_slack(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->timer_slack_ns > 0 && plan->timer_slack_ns <= INT64_MAX);
}

static int set_nice(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->nice >= -20 && plan->nice <= 19);
}

/* The kernel knows the policies and their bounds; it takes these as unsigned. */
static int scheduler(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->sched_policy >= 0 && plan->sched_priority >= 0);
}

static int affinity(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->affinity && plan->affinity_words > 0 && plan->affinity_words <= 65536);
}

static int io_priority(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->io_priority <= UINT16_MAX);
}

/* Numbers and duplicates are the planner's to judge. */
static int fds(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->fd_count <= C3_MOST_FDS && (plan->fds || plan->fd_count == 0));
}

static int rlimits(const struct clone3_plan *plan, uint32_t *index)
{
	if (!plan->rlimits && plan->rlimit_count)
		return -EINVAL;
	for (size_t i = 0; i < plan->rlimit_count; i++) {
		const struct clone3_rlimit *limit = &plan->rlimits[i];

		*index = (uint32_t)i;
		if (limit->resource >= C3_RESOURCES || limit->reserved || limit->soft > limit->hard)
			return -EINVAL;
	}
	return 0;
}

/* What is effective or ambient must be permitted, and ambient inheritable: capabilities(7). */
static int capabilities(const struct clone3_plan *plan, uint32_t *index)
{
	const struct clone3_caps *caps = &plan->caps;
	int keeps_effective = caps->effective == CLONE3_CAPS_KEEP;
	int keeps_ambient = caps->ambient == CLONE3_CAPS_KEEP;

	(void)index;
	if (caps->reserved)
		return -EINVAL;
	if (!keeps_effective && caps->effective & ~caps->permitted)
		return -EINVAL;
	return valid(keeps_ambient || !(caps->ambient & ~(caps->permitted & caps->inheritable)));
}

static int groups(const struct clone3_plan *plan, uint32_t *index)
{
	if (plan->group_count > C3_MOST_GROUPS || (!plan->groups && plan->group_count))
		return -EINVAL;
	for (size_t i = 0; i < plan->group_count; i++) {
		*index = (uint32_t)i;
		if (plan->groups[i] == C3_NO_SUCH_ID)
			return -EINVAL;
	}
	return 0;
}

static int gid(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->gid != C3_NO_SUCH_ID);
}

static int uid(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->uid != C3_NO_SUCH_ID);
}

static int cwd(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->cwd != NULL);
}

static int cwd_fd(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return plan->steps & CLONE3_STEP_CWD ? -EINVAL : descriptor(plan->cwd_fd);
}

static int parent_death_signal(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->parent_death_signal > 0 && plan->parent_death_signal <= C3_NSIG);
}

static int landlock(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return descriptor(plan->landlock_fd);
}

static int seccomp(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return valid(plan->seccomp && plan->seccomp_count > 0 &&
		     plan->seccomp_count <= C3_MOST_INSTRUCTIONS);
}

static int exec_fd(const struct clone3_plan *plan, uint32_t *index)
{
	(void)index;
	return plan->path || plan->search_path ? -EINVAL : descriptor(plan->exec_fd);
}

/* The fields of each step, from the first to behind the last, and what must hold if it is set. */
#define FIELD(first) offsetof(struct clone3_plan, first)
#define BEHIND(last) (FIELD(last) + sizeof(((struct clone3_plan *)0)->last))
static const struct {
	uint64_t step;
	size_t begin;
	size_t end;
	int (*check)(const struct clone3_plan *plan, uint32_t *index);
} fields[] = {
	{ CLONE3_STEP_NAMESPACES, FIELD(namespaces), BEHIND(namespaces), namespaces },
	{ CLONE3_STEP_CGROUP, FIELD(cgroup_fd), BEHIND(cgroup_fd), cgroup },
	{ CLONE3_STEP_SET_TID, FIELD(set_tid), BEHIND(set_tid_count), set_tid },
	{ CLONE3_STEP_AUTO_REAP, 0, 0, is_not_nested },
	{ CLONE3_STEP_KILL_ON_CLOSE, 0, 0, is_not_nested },
	{ CLONE3_STEP_IGNORE_SIGNALS, FIELD(ignore_signals), BEHIND(ignore_signals),
	  ignore_signals },
	{ CLONE3_STEP_DEFAULT_SIGNALS, FIELD(default_signals), BEHIND(default_signals),
	  default_signals },
	{ CLONE3_STEP_JOIN_NAMESPACES, FIELD(joins), BEHIND(join_count), joins },
	{ CLONE3_STEP_SESSION, 0, 0, NULL },
	{ CLONE3_STEP_PROCESS_GROUP, FIELD(process_group), BEHIND(process_group), process_group },
	{ CLONE3_STEP_CONTROLLING_TTY, FIELD(controlling_tty_fd), BEHIND(controlling_tty_fd),
	  controlling_tty },
	{ CLONE3_STEP_FOREGROUND, FIELD(foreground_fd), BEHIND(foreground_fd), foreground },
	{ CLONE3_STEP_DENY_SETGROUPS, 0, 0, NULL },
	{ CLONE3_STEP_UID_MAP, FIELD(uid_map), BEHIND(uid_map_count), uid_map },
	{ CLONE3_STEP_GID_MAP, FIELD(gid_map), BEHIND(gid_map_count), gid_map },
	{ CLONE3_STEP_TIME_OFFSETS, FIELD(monotonic_offset_ns), BEHIND(boottime_offset_ns), NULL },
	{ CLONE3_STEP_OOM_SCORE_ADJ, FIELD(oom_score_adj), BEHIND(oom_score_adj), oom_score_adj },
	{ CLONE3_STEP_PRIVATE_MOUNTS, 0, 0, NULL },
	{ CLONE3_STEP_MOUNTS, FIELD(mounts), BEHIND(mount_count), mounts },
	{ CLONE3_STEP_PIVOT_ROOT, FIELD(pivot_root), BEHIND(pivot_root), pivot_root },
	{ CLONE3_STEP_ROOT, FIELD(root), BEHIND(root), root },
	{ CLONE3_STEP_PROC_MOUNT, 0, 0, NULL },
	{ CLONE3_STEP_HOSTNAME, FIELD(hostname), BEHIND(hostname), hostname },
	{ CLONE3_STEP_LOOPBACK, 0, 0, NULL },
	{ CLONE3_STEP_UMASK, FIELD(umask), BEHIND(umask), set_umask },
	{ CLONE3_STEP_PERSONALITY, FIELD(personality), BEHIND(personality), personality },
	{ CLONE3_STEP_SUBREAPER, 0, 0, NULL },
	{ CLONE3_STEP_TIMER_SLACK, FIELD(timer_slack_ns), BEHIND(timer_slack_ns), timer_slack },
	{ CLONE3_STEP_KEYRING, 0, 0, NULL },
	{ CLONE3_STEP_NICE, FIELD(nice), BEHIND(nice), set_nice },
	{ CLONE3_STEP_SCHEDULER, FIELD(sched_flags), BEHIND(sched_period_ns), scheduler },
	{ CLONE3_STEP_SCHEDULER, FIELD(sched_policy), BEHIND(sched_priority), scheduler },
	{ CLONE3_STEP_AFFINITY, FIELD(affinity), BEHIND(affinity_words), affinity },
	{ CLONE3_STEP_IO_PRIORITY, FIELD(io_priority), BEHIND(io_priority), io_priority },
	{ CLONE3_STEP_FDS, FIELD(fds), BEHIND(fd_count), fds },
	{ CLONE3_STEP_CLOSE_OTHERS, 0, 0, NULL },
	{ CLONE3_STEP_RLIMITS, FIELD(rlimits), BEHIND(rlimit_count), rlimits },
	{ CLONE3_STEP_CAPABILITIES, FIELD(caps), BEHIND(caps), capabilities },
	{ CLONE3_STEP_GROUPS, FIELD(groups), BEHIND(group_count), groups },
	{ CLONE3_STEP_GID, FIELD(gid), BEHIND(gid), gid },
	{ CLONE3_STEP_UID, FIELD(uid), BEHIND(uid), uid },
	{ CLONE3_STEP_CWD, FIELD(cwd), BEHIND(cwd), cwd },
	{ CLONE3_STEP_CWD_FD, FIELD(cwd_fd), BEHIND(cwd_fd), cwd_fd },
	{ CLONE3_STEP_PARENT_DEATH_SIGNAL, FIELD(parent_death_signal), BEHIND(parent_death_signal),
	  parent_death_signal },
	{ CLONE3_STEP_NO_NEW_PRIVS, 0, 0, NULL },
	{ CLONE3_STEP_LANDLOCK, FIELD(landlock_fd), BEHIND(landlock_fd), landlock },
	{ CLONE3_STEP_SIGNAL_MASK, FIELD(signal_mask), BEHIND(signal_mask), NULL },
	{ CLONE3_STEP_PTRACE_ME, 0, 0, NULL },
	{ CLONE3_STEP_SECCOMP, FIELD(seccomp), BEHIND(seccomp_count), seccomp },
	{ CLONE3_STEP_EXEC_FD, FIELD(exec_fd), BEHIND(exec_fd), exec_fd },
};

/* Without these the program would run with more than it was meant to have. */
#define C3_NEVER_OPTIONAL (CLONE3_STEP_ROOT | CLONE3_STEP_PIVOT_ROOT | C3_CREDENTIAL_STEPS)

int c3_plan_joins(const struct clone3_plan *plan, uint64_t kinds)
{
	for (size_t i = 0; plan->joins && i < plan->join_count; i++)
		if (plan->joins[i].namespaces & kinds)
			return 1;
	return 0;
}

#define C3_SINGLE_FDS 6

/* The plan's descriptors one by one; 0 for one of a step that is not set. -1 behind the last. */
static int32_t descriptor_of(const struct clone3_plan *plan, size_t i)
{
	const int32_t single[C3_SINGLE_FDS] = {
		plan->cgroup_fd, plan->controlling_tty_fd, plan->foreground_fd,
		plan->cwd_fd,    plan->landlock_fd,        plan->exec_fd,
	};

	if (i < C3_SINGLE_FDS)
		return single[i];
	i -= C3_SINGLE_FDS;
	if (i < plan->join_count)
		return plan->joins[i].fd;
	i -= plan->join_count;
	if (i < plan->mount_count)
		return plan->mounts[i].mount_fd;
	i -= plan->mount_count;
	return i < plan->fd_count ? plan->fds[i].source : -1;
}

int32_t c3_plan_highest_fd(const struct clone3_plan *plan)
{
	int32_t highest = 0;
	int32_t fd;

	for (size_t i = 0; (fd = descriptor_of(plan, i)) >= 0; i++)
		highest = fd > highest ? fd : highest;
	return highest;
}

static int is_named(const struct clone3_plan *plan, int fd)
{
	int32_t named;

	for (size_t i = 0; (named = descriptor_of(plan, i)) >= 0; i++)
		if (named == fd)
			return 1;
	for (size_t i = 0; i < plan->fd_count; i++)
		if (plan->fds[i].target == fd)
			return 1;
	return 0;
}

int c3_fd_beside_plan(const struct clone3_plan *plan, int fd)
{
	int original = fd;

	while (fd >= 0 && is_named(plan, fd)) {
		int lowest = fd + 1;

		if (fd != original)
			c3_close(fd);
		fd = c3_fcntl(original, C3_F_DUPFD_CLOEXEC, lowest);
	}
	if (fd != original)
		c3_close(original);
	return fd;
}

/* Nor may the user namespace be left out in which the plan's ids and capabilities are meant to be. */
static int may_be_optional(const struct clone3_plan *plan, uint64_t step)
{
	int has_user = (step == CLONE3_STEP_NAMESPACES && plan->namespaces & CLONE3_NEWUSER) ||
		       (step == CLONE3_STEP_JOIN_NAMESPACES && c3_plan_joins(plan, CLONE3_NEWUSER));

	return !(step & C3_NEVER_OPTIONAL) && !(has_user && plan->steps & C3_CREDENTIAL_STEPS);
}

static int is_zero(const struct clone3_plan *plan, size_t begin, size_t end)
{
	const unsigned char *bytes = (const unsigned char *)plan;

	while (begin < end && bytes[begin] == 0)
		begin++;
	return begin == end;
}

int c3_plan_check(const struct clone3_plan *plan, uint64_t *failed_step, uint32_t *failed_index)
{
	*failed_step = CLONE3_STEP_CHECK;
	*failed_index = 0;
	if ((plan->steps | plan->optional) & ~C3_STEPS_KNOWN || plan->reserved || !plan->argv ||
	    !plan->argv[0] || !(plan->path || plan->steps & CLONE3_STEP_EXEC_FD))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t step = fields[i].step;
		uint64_t needs = c3_step(step)->needs;
		uint64_t kinds = c3_step(step)->namespaces;
		int error = 0;

		*failed_step = step;
		if (!(plan->steps & step))
			error = valid(is_zero(plan, fields[i].begin, fields[i].end) &&
				      !(plan->optional & step));
		else if ((plan->steps & needs) != needs || kinds & ~new_namespaces(plan) ||
			 (plan->optional & step && !may_be_optional(plan, step)))
			error = -EINVAL;
		else if (fields[i].check)
			error = fields[i].check(plan, failed_index);
		if (error)
			return error;
		*failed_index = 0;
	}
	*failed_step = 0;
	return 0;
}
