/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The check of a plan: what can be known to be wrong before anything is created. */
#include "../clone/clone.h"
#include "spawn.h"

#include <string.h>

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

/*
 * The fields of each step, from the first to behind the last, and what must hold if it is set. Each
 * spawn reads the whole table, cold from the program that ran before: the rows are small.
 */
#define FIELD(first) offsetof(struct clone3_plan, first)
#define BEHIND(last) (FIELD(last) + sizeof(((struct clone3_plan *)0)->last))
#define BIT(step) __builtin_ctzll(CLONE3_STEP_##step)
static const struct {
	int (*check)(const struct clone3_plan *plan, uint32_t *index);
	uint16_t begin;
	uint16_t end;
	uint8_t bit; /* of the step */
} fields[] = {
	{ namespaces, FIELD(namespaces), BEHIND(namespaces), BIT(NAMESPACES) },
	{ cgroup, FIELD(cgroup_fd), BEHIND(cgroup_fd), BIT(CGROUP) },
	{ set_tid, FIELD(set_tid), BEHIND(set_tid_count), BIT(SET_TID) },
	{ is_not_nested, 0, 0, BIT(AUTO_REAP) },
	{ is_not_nested, 0, 0, BIT(KILL_ON_CLOSE) },
	{ ignore_signals, FIELD(ignore_signals), BEHIND(ignore_signals), BIT(IGNORE_SIGNALS) },
	{ default_signals, FIELD(default_signals), BEHIND(default_signals), BIT(DEFAULT_SIGNALS) },
	{ joins, FIELD(joins), BEHIND(join_count), BIT(JOIN_NAMESPACES) },
	{ NULL, 0, 0, BIT(SESSION) },
	{ process_group, FIELD(process_group), BEHIND(process_group), BIT(PROCESS_GROUP) },
	{ controlling_tty, FIELD(controlling_tty_fd), BEHIND(controlling_tty_fd),
	  BIT(CONTROLLING_TTY) },
	{ foreground, FIELD(foreground_fd), BEHIND(foreground_fd), BIT(FOREGROUND) },
	{ NULL, 0, 0, BIT(DENY_SETGROUPS) },
	{ uid_map, FIELD(uid_map), BEHIND(uid_map_count), BIT(UID_MAP) },
	{ gid_map, FIELD(gid_map), BEHIND(gid_map_count), BIT(GID_MAP) },
	{ NULL, FIELD(monotonic_offset_ns), BEHIND(boottime_offset_ns), BIT(TIME_OFFSETS) },
	{ oom_score_adj, FIELD(oom_score_adj), BEHIND(oom_score_adj), BIT(OOM_SCORE_ADJ) },
	{ NULL, 0, 0, BIT(PRIVATE_MOUNTS) },
	{ mounts, FIELD(mounts), BEHIND(mount_count), BIT(MOUNTS) },
	{ pivot_root, FIELD(pivot_root), BEHIND(pivot_root), BIT(PIVOT_ROOT) },
	{ root, FIELD(root), BEHIND(root), BIT(ROOT) },
	{ NULL, 0, 0, BIT(PROC_MOUNT) },
	{ hostname, FIELD(hostname), BEHIND(hostname), BIT(HOSTNAME) },
	{ NULL, 0, 0, BIT(LOOPBACK) },
	{ set_umask, FIELD(umask), BEHIND(umask), BIT(UMASK) },
	{ personality, FIELD(personality), BEHIND(personality), BIT(PERSONALITY) },
	{ NULL, 0, 0, BIT(SUBREAPER) },
	{ timer_slack, FIELD(timer_slack_ns), BEHIND(timer_slack_ns), BIT(TIMER_SLACK) },
	{ NULL, 0, 0, BIT(KEYRING) },
	{ set_nice, FIELD(nice), BEHIND(nice), BIT(NICE) },
	{ scheduler, FIELD(sched_flags), BEHIND(sched_period_ns), BIT(SCHEDULER) },
	{ scheduler, FIELD(sched_policy), BEHIND(sched_priority), BIT(SCHEDULER) },
	{ affinity, FIELD(affinity), BEHIND(affinity_words), BIT(AFFINITY) },
	{ io_priority, FIELD(io_priority), BEHIND(io_priority), BIT(IO_PRIORITY) },
	{ fds, FIELD(fds), BEHIND(fd_count), BIT(FDS) },
	{ NULL, 0, 0, BIT(CLOSE_OTHERS) },
	{ rlimits, FIELD(rlimits), BEHIND(rlimit_count), BIT(RLIMITS) },
	{ capabilities, FIELD(caps), BEHIND(caps), BIT(CAPABILITIES) },
	{ groups, FIELD(groups), BEHIND(group_count), BIT(GROUPS) },
	{ gid, FIELD(gid), BEHIND(gid), BIT(GID) },
	{ uid, FIELD(uid), BEHIND(uid), BIT(UID) },
	{ cwd, FIELD(cwd), BEHIND(cwd), BIT(CWD) },
	{ cwd_fd, FIELD(cwd_fd), BEHIND(cwd_fd), BIT(CWD_FD) },
	{ parent_death_signal, FIELD(parent_death_signal), BEHIND(parent_death_signal),
	  BIT(PARENT_DEATH_SIGNAL) },
	{ NULL, 0, 0, BIT(NO_NEW_PRIVS) },
	{ landlock, FIELD(landlock_fd), BEHIND(landlock_fd), BIT(LANDLOCK) },
	{ NULL, FIELD(signal_mask), BEHIND(signal_mask), BIT(SIGNAL_MASK) },
	{ NULL, 0, 0, BIT(PTRACE_ME) },
	{ seccomp, FIELD(seccomp), BEHIND(seccomp_count), BIT(SECCOMP) },
	{ exec_fd, FIELD(exec_fd), BEHIND(exec_fd), BIT(EXEC_FD) },
};

/* Without these the program would run with more than it was meant to have, or there is none. */
#define C3_NEVER_OPTIONAL                                                                          \
	(CLONE3_STEP_ROOT | CLONE3_STEP_PIVOT_ROOT | C3_CREDENTIAL_STEPS | CLONE3_STEP_EXEC_FD)

int c3_plan_joins(const struct clone3_plan *plan, uint64_t kinds)
{
	if (!(plan->steps & CLONE3_STEP_JOIN_NAMESPACES) || !plan->joins)
		return 0;
	for (size_t i = 0; i < plan->join_count; i++)
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
		fd = c3_duplicate(original, lowest);
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

/* All fields are made of 32 bits or 64. */
static int is_zero(const struct clone3_plan *plan, size_t begin, size_t end)
{
	const unsigned char *bytes = (const unsigned char *)plan;
	uint64_t seen = 0;
	uint32_t last = 0;

	for (; end - begin >= sizeof(seen); begin += sizeof(seen)) {
		uint64_t next;

		memcpy(&next, bytes + begin, sizeof(next));
		seen |= next;
	}
	if (begin < end)
		memcpy(&last, bytes + begin, sizeof(last));
	return !(seen | last);
}

static int lacks_needs(const struct clone3_plan *plan, const struct c3_step *step)
{
	return step->needs & ~plan->steps || step->namespaces & ~new_namespaces(plan);
}

int c3_plan_check(const struct clone3_plan *plan, uint64_t *failed_step, uint32_t *failed_index)
{
	*failed_step = CLONE3_STEP_CHECK;
	*failed_index = 0;
	if ((plan->steps | plan->optional) & ~C3_STEPS_KNOWN || plan->reserved || !plan->argv ||
	    !plan->argv[0] || !(plan->path || plan->steps & CLONE3_STEP_EXEC_FD))
		return -EINVAL;
	*failed_step = 0;
	if (!(plan->steps | plan->optional) && is_zero(plan, FIELD(namespaces), sizeof(*plan)))
		return 0;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		uint64_t step = 1ULL << fields[i].bit;
		int error = 0;

		*failed_step = step;
		if (!(plan->steps & step))
			error = valid(is_zero(plan, fields[i].begin, fields[i].end) &&
				      !(plan->optional & step));
		else if (lacks_needs(plan, c3_step(step)) ||
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
