/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The child, from its first instruction to exec: a table of steps, one short function each.
 *
 * It shares the caller's memory while the calling thread is parked and the other threads run. So it
 * calls nothing of libc, allocates nothing, takes no lock, and writes nothing but its stack and its
 * struct c3_work. All signals are blocked until shortly before exec.
 */
#include "../clone/clone.h"
#include "../text.h"
#include "spawn.h"

#define C3_PATH_MAX 4096

/* The kernel's sigaction has the handler first; its other members are zero here. */
static long set_disposition(int signo, uintptr_t handler)
{
	const uint64_t action[4] = { handler };

	return c3_syscall4(C3_NR_rt_sigaction, signo, c3_address(action), 0, sizeof(uint64_t));
}

static int set_dispositions(uint64_t set, uintptr_t handler)
{
	for (int signo = 1; signo <= C3_NSIG; signo++)
		if (set & c3_signal_bit(signo)) {
			long error = set_disposition(signo, handler);

			if (error < 0)
				return (int)error;
		}
	return 0;
}

/* What CLONE_CLEAR_SIGHAND does: handlers become the default, what is ignored stays ignored. */
static void reset_handlers(void)
{
	for (int signo = 1; signo <= C3_NSIG; signo++) {
		uint64_t action[4] = { C3_SIG_DFL };

		c3_syscall4(C3_NR_rt_sigaction, signo, 0, c3_address(action), sizeof(uint64_t));
		if (action[0] != C3_SIG_DFL && action[0] != C3_SIG_IGN)
			set_disposition(signo, C3_SIG_DFL);
	}
}

/* Only where the clone could not: then it is the first act, before anything is charged or run. */
static int join_cgroup(struct c3_work *work)
{
	long error;
	int fd;

	if (work->way == C3_BY_KERNEL)
		return 0;
	if (!c3_is_cgroup2(work->plan.cgroup_fd))
		return -EBADF;
	fd = c3_openat(work->plan.cgroup_fd, "cgroup.procs", C3_O_WRONLY);
	if (fd < 0)
		return fd;
	if (work->shares_files)
		work->lent_fd = fd;
	error = c3_write(fd, "0", 1);
	work->lent_fd =
		-1; /* first: killed in between it leaves a descriptor, and closes no other */
	c3_close(fd);
	if (error < 0)
		return (int)error;
	work->emulated |= CLONE3_STEP_CGROUP;
	return 0;
}

/* Kernels without close_range, or with a filter that refuses it. The listing is not disturbed. */
static int mark_each_close_on_exec(const struct c3_work *work)
{
	char entries[2048] __attribute__((aligned(8)));
	long length = 0;
	int error = 0;
	int directory = c3_open_proc(work, "self/fd", C3_O_RDONLY | C3_O_DIRECTORY);

	if (directory < 0)
		return directory;
	while (!error && (length = c3_syscall3(C3_NR_getdents64, directory, c3_address(entries),
					       sizeof(entries))) > 0)
		for (long at = 0; at < length && !error;) {
			const struct c3_dirent *entry = (const struct c3_dirent *)(entries + at);
			int fd = c3_number(entry->name); /* 0 for . and .. */

			if (fd > 2)
				error = c3_fcntl(fd, C3_F_SETFD, C3_FD_CLOEXEC);
			at += entry->length;
		}
	c3_close(directory);
	return error ? error : (int)length;
}

/* From @end on the table has no descriptors any more. */
static void close_below(int fd, int end)
{
	if (fd >= 0 && fd < end)
		c3_close(fd);
}

/*
 * The first act on descriptors: all above 2 become close-on-exec; the map then makes its targets
 * stay. Where the clone shared the table, unsharing a part copies no more than that part: nothing
 * is of use from first_unused_fd on. A child that cannot get a table of its own must not go on.
 */
static int close_others(struct c3_work *work)
{
	long error;

	if (work->shares_files) {
		error = c3_syscall3(C3_NR_close_range, work->first_unused_fd, UINT32_MAX,
				    C3_CLOSE_RANGE_UNSHARE);
		if (error < 0)
			error = c3_syscall1(C3_NR_unshare, CLONE3_FILES);
		if (error < 0)
			c3_child_fail(work, (int)error);
		work->shares_files = 0;
		/* The child's own, and the one between's: no descriptors of the caller's. */
		close_below(work->pidfd, work->first_unused_fd);
		close_below(work->between_pidfd, work->first_unused_fd);
	}
	error = c3_syscall3(C3_NR_close_range, 3, UINT32_MAX, C3_CLOSE_RANGE_CLOEXEC);
	if (error == -ENOSYS || error == -EINVAL || error == -EPERM) {
		error = mark_each_close_on_exec(work);
		if (error == 0)
			work->emulated |= CLONE3_STEP_CLOSE_OTHERS;
	}
	return (int)error;
}

static int ignore_signals(struct c3_work *work)
{
	return set_dispositions(work->plan.ignore_signals, C3_SIG_IGN);
}

static int default_signals(struct c3_work *work)
{
	return set_dispositions(work->plan.default_signals, C3_SIG_DFL);
}

static int session(struct c3_work *work)
{
	long id = c3_syscall1(C3_NR_setsid, 0);

	(void)work;
	return id < 0 ? (int)id : 0;
}

static int process_group(struct c3_work *work)
{
	return (int)c3_syscall2(C3_NR_setpgid, 0, work->plan.process_group);
}

static int controlling_tty(struct c3_work *work)
{
	return c3_ioctl(work->plan.controlling_tty_fd, C3_TIOCSCTTY, 0);
}

/* SIGTTOU is blocked, as all signals are: a background process may do this. */
static int foreground(struct c3_work *work)
{
	int32_t group = (int32_t)c3_syscall1(C3_NR_getpgid, 0);

	if (group < 0)
		return group;
	return c3_ioctl(work->plan.foreground_fd, C3_TIOCSPGRP, c3_address(&group));
}

static int oom_score_adj(struct c3_work *work)
{
	char text[16] = "";
	int32_t value = work->plan.oom_score_adj;

	if (value < 0)
		c3_append(text, "-");
	c3_append_number(text, (uint64_t)(value < 0 ? -value : value));
	return c3_write_proc(work, "self/oom_score_adj", text);
}

static int root(struct c3_work *work)
{
	long error = c3_syscall1(C3_NR_chroot, c3_address(work->plan.root));

	return error < 0 ? (int)error : (int)c3_syscall1(C3_NR_chdir, c3_address("/"));
}

/* Only a filter can refuse it. */
static int set_umask(struct c3_work *work)
{
	long before = c3_syscall1(C3_NR_umask, work->plan.umask);

	return before < 0 ? (int)before : 0;
}

static int personality(struct c3_work *work)
{
	long before = c3_syscall1(C3_NR_personality, work->plan.personality);

	return before < 0 ? (int)before : 0;
}

static int subreaper(struct c3_work *work)
{
	(void)work;
	return c3_prctl(C3_PR_SET_CHILD_SUBREAPER, 1, 0);
}

static int timer_slack(struct c3_work *work)
{
	return c3_prctl(C3_PR_SET_TIMERSLACK, (long)work->plan.timer_slack_ns, 0);
}

static int keyring(struct c3_work *work)
{
	long serial = c3_syscall2(C3_NR_keyctl, C3_KEYCTL_JOIN_SESSION_KEYRING, 0);

	(void)work;
	return serial < 0 ? (int)serial : 0;
}

/* Limits that the child itself could run into, or die of in exec: they are lowered last. */
#define C3_LIMITS_LAST                                                                             \
	(1U << C3_RLIMIT_CPU | 1U << C3_RLIMIT_FSIZE | 1U << C3_RLIMIT_DATA |                      \
	 1U << C3_RLIMIT_STACK | 1U << C3_RLIMIT_AS)

struct limit {
	uint64_t soft;
	uint64_t hard;
};

/* What later steps may have no right to raise any more, or need raised: the rest can wait. */
static uint32_t limits_first(const struct clone3_plan *plan)
{
	uint32_t resources = 0;

	if (plan->steps & C3_CREDENTIAL_STEPS)
		return UINT32_MAX;
	if (plan->steps & CLONE3_STEP_FDS)
		resources |= 1U << C3_RLIMIT_NOFILE;
	if (plan->steps & (CLONE3_STEP_NICE | CLONE3_STEP_SCHEDULER))
		resources |= 1U << C3_RLIMIT_NICE | 1U << C3_RLIMIT_RTPRIO | 1U << C3_RLIMIT_RTTIME;
	return resources;
}

/* Those that are above the limit in force. */
static int raise_limits(struct c3_work *work)
{
	uint32_t resources = limits_first(&work->plan);

	for (size_t i = 0; i < work->plan.rlimit_count; i++) {
		const struct clone3_rlimit *wanted = &work->plan.rlimits[i];
		struct limit now;
		struct limit raised;
		long error;

		work->index = (uint32_t)i;
		if (!(resources & 1U << wanted->resource))
			continue;
		error = c3_syscall4(C3_NR_prlimit64, 0, wanted->resource, 0, c3_address(&now));
		raised.soft = wanted->soft > now.soft ? wanted->soft : now.soft;
		raised.hard = wanted->hard > now.hard ? wanted->hard : now.hard;
		if (error == 0 && (raised.soft != now.soft || raised.hard != now.hard))
			error = c3_syscall4(C3_NR_prlimit64, 0, wanted->resource,
					    c3_address(&raised), 0);
		if (error < 0)
			return (int)error;
	}
	return 0;
}

static int set_limits(struct c3_work *work, uint32_t resources)
{
	for (size_t i = 0; i < work->plan.rlimit_count; i++) {
		const struct clone3_rlimit *wanted = &work->plan.rlimits[i];
		const struct limit limit = { wanted->soft, wanted->hard };
		long error;

		work->index = (uint32_t)i;
		if (!(resources & 1U << wanted->resource))
			continue;
		error = c3_syscall4(C3_NR_prlimit64, 0, wanted->resource, c3_address(&limit), 0);
		if (error < 0)
			return (int)error;
	}
	return 0;
}

static int lower_limits(struct c3_work *work)
{
	return set_limits(work, ~C3_LIMITS_LAST);
}

static int lower_last_limits(struct c3_work *work)
{
	return set_limits(work, C3_LIMITS_LAST);
}

/*
 * Priority, scheduler and I/O priority are raised before the rights to do so are given up, and
 * lowered last, since the parked caller waits at the child's.
 */
static int current_nice(void) /* above 19: 20 - errno, of a filter */
{
	return 20 - (int)c3_syscall2(C3_NR_getpriority, 0, 0);
}

static int set_nice(struct c3_work *work)
{
	return (int)c3_syscall3(C3_NR_setpriority, 0, 0, work->plan.nice);
}

static int raise_nice(struct c3_work *work)
{
	return work->plan.nice < current_nice() ? set_nice(work) : 0;
}

static int lower_nice(struct c3_work *work)
{
	return work->plan.nice > current_nice() ? set_nice(work) : 0;
}

/* sched_setattr sets a nice value, too: the plan's, or the one there is. */
static int set_scheduler(struct c3_work *work)
{
	const struct clone3_plan *plan = &work->plan;
	uint64_t steps = plan->steps & ~work->omitted;
	int nice = steps & CLONE3_STEP_NICE ? plan->nice : current_nice();
	struct c3_sched_attr attr = {
		.size = sizeof(attr),
		.policy = (uint32_t)plan->sched_policy,
		.flags = plan->sched_flags,
		.nice = nice,
		.priority = (uint32_t)plan->sched_priority,
		.runtime = plan->sched_runtime_ns,
		.deadline = plan->sched_deadline_ns,
		.period = plan->sched_period_ns,
	};

	if (nice > 19)
		return nice > 20 ? 20 - nice : -EPERM;
	return (int)c3_syscall3(C3_NR_sched_setattr, 0, c3_address(&attr), 0);
}

static int scheduler_is_lower(const struct c3_work *work)
{
	int32_t policy = work->plan.sched_policy;

	if (policy == C3_SCHED_IDLE)
		return 1;
	return (policy == C3_SCHED_OTHER || policy == C3_SCHED_BATCH) &&
	       (c3_syscall1(C3_NR_sched_getscheduler, 0) & 0xff) != C3_SCHED_IDLE;
}

static int raise_scheduler(struct c3_work *work)
{
	return scheduler_is_lower(work) ? 0 : set_scheduler(work);
}

static int lower_scheduler(struct c3_work *work)
{
	return scheduler_is_lower(work) ? set_scheduler(work) : 0;
}

static int affinity(struct c3_work *work)
{
	long error = c3_syscall3(C3_NR_sched_setaffinity, 0,
				 (long)(work->plan.affinity_words * sizeof(uint64_t)),
				 c3_address(work->plan.affinity));

	return error < 0 ? (int)error : 0;
}

static int set_io_priority(struct c3_work *work)
{
	return (int)c3_syscall3(C3_NR_ioprio_set, C3_IOPRIO_WHO_PROCESS, 0, work->plan.io_priority);
}

static int io_priority_is_lower(const struct c3_work *work)
{
	return work->plan.io_priority >> C3_IOPRIO_CLASS_SHIFT != C3_IOPRIO_CLASS_RT;
}

static int raise_io_priority(struct c3_work *work)
{
	return io_priority_is_lower(work) ? 0 : set_io_priority(work);
}

static int lower_io_priority(struct c3_work *work)
{
	return io_priority_is_lower(work) ? set_io_priority(work) : 0;
}

/*
 * A copy of @fd that the map does not overwrite: the lowest free number from @lowest that is no
 * target.
 */
static int aside(const struct c3_work *work, int fd, int lowest)
{
	int copy;

	while ((copy = c3_duplicate(fd, lowest)) >= 0 && c3_is_target(&work->moves, copy))
		lowest = copy + 1;
	return copy;
}

/*
 * What later steps need moves out of the map's way. One that is passed on at its own number stays.
 */
static int keep_for_later(const struct c3_work *work, uint64_t step, int32_t *fd, int lowest)
{
	int copy;

	if (!(work->plan.steps & step) || !c3_is_target(&work->moves, *fd))
		return 0;
	for (size_t i = 0; i < work->moves.move_count; i++)
		if (work->moves.moves[i].from == *fd && work->moves.moves[i].to == *fd)
			return 0;
	copy = aside(work, *fd, lowest);
	if (copy < 0)
		return copy;
	*fd = copy;
	return 0;
}

static int fds(struct c3_work *work)
{
	int32_t set_aside = -1;
	int error = keep_for_later(work, CLONE3_STEP_CWD_FD, &work->cwd_fd, 3);

	if (!error)
		error = keep_for_later(work, CLONE3_STEP_LANDLOCK, &work->landlock_fd, 3);
	if (!error)
		error = keep_for_later(work, CLONE3_STEP_EXEC_FD, &work->exec_fd,
				       work->exec_fd + 1);
	for (size_t i = 0; i < work->moves.move_count && error >= 0; i++) {
		const struct c3_move *move = &work->moves.moves[i];

		work->index = move->index;
		if (move->to == C3_ASIDE)
			error = set_aside = aside(work, move->from, 3);
		else if (move->from == C3_ASIDE) {
			error = (int)c3_syscall3(C3_NR_dup3, set_aside, move->to, 0);
			c3_close(set_aside);
		} else if (move->from == move->to)
			error = c3_fcntl(move->from, C3_F_SETFD, 0);
		else
			error = (int)c3_syscall3(C3_NR_dup3, move->from, move->to, 0);
	}
	return error < 0 ? error : 0;
}

/* capget(2) with each set in one piece. */
struct capabilities {
	uint64_t permitted;
	uint64_t effective;
	uint64_t inheritable;
};

static int read_capabilities(struct capabilities *sets)
{
	const struct c3_capability_header header = { C3_CAPABILITY_VERSION_3, 0 };
	struct c3_capabilities halves = { 0 };
	long error = c3_syscall2(C3_NR_capget, c3_address(&header), c3_address(&halves));

	if (error)
		return (int)error;
	sets->permitted = halves.half[0].permitted | (uint64_t)halves.half[1].permitted << 32;
	sets->effective = halves.half[0].effective | (uint64_t)halves.half[1].effective << 32;
	sets->inheritable = halves.half[0].inheritable | (uint64_t)halves.half[1].inheritable << 32;
	return 0;
}

static int set_capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	const struct c3_capability_header header = { C3_CAPABILITY_VERSION_3, 0 };
	const struct c3_capabilities sets = { {
		{ (uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32),
		  (uint32_t)(inheritable >> 32) },
	} };

	return (int)c3_syscall2(C3_NR_capset, c3_address(&header), c3_address(&sets));
}

/* The kernel drops what it does not know without a word. */
static int expect_capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
	struct capabilities now = { 0 };
	int error = read_capabilities(&now);

	if (error)
		return error;
	return now.permitted == permitted && now.effective == effective &&
			       now.inheritable == inheritable ?
		       0 :
		       -EPERM;
}

/* Ambient capabilities that are set. The kernel ends with EINVAL, behind its last one. */
static int read_ambient(uint64_t *set)
{
	for (int capability = 0; capability < 64; capability++) {
		int is_set = c3_prctl(C3_PR_CAP_AMBIENT, C3_PR_CAP_AMBIENT_IS_SET, capability);

		if (is_set < 0)
			return is_set == -EINVAL && capability ? 0 : is_set;
		*set |= (uint64_t)is_set << capability;
	}
	return 0;
}

/* Before the ids: what there is, for the sets that are to be kept, and a way to keep it. */
static int save_capabilities(struct c3_work *work)
{
	struct capabilities sets = { 0 };
	int error = read_capabilities(&sets);

	if (error)
		return error;
	work->permitted = sets.permitted;
	work->effective = sets.effective;
	work->inheritable = sets.inheritable;
	if (!(work->plan.steps & CLONE3_STEP_UID))
		return 0;
	if (work->plan.caps.ambient == CLONE3_CAPS_KEEP)
		error = read_ambient(&work->ambient);
	/* It fails where it is locked: then capabilities() finds nothing left to set. */
	c3_prctl(C3_PR_SET_KEEPCAPS, 1, 0);
	return error;
}

static int groups(struct c3_work *work)
{
	return (int)c3_syscall2(C3_NR_setgroups, (long)work->plan.group_count,
				c3_address(work->plan.groups));
}

/* With fs.suid_dumpable 1 a change of ids would end the caller's guard. */
int c3_guard_again(const struct c3_work *work, long error)
{
	if (error < 0 || !work->is_guarded)
		return (int)error;
	return c3_prctl(C3_PR_SET_DUMPABLE, 0, 0);
}

static int gid(struct c3_work *work)
{
	long id = work->plan.gid;

	return c3_guard_again(work, c3_syscall3(C3_NR_setresgid, id, id, id));
}

/*
 * Whether the kernel would drop all capabilities when the ids change to a user's that is not root.
 */
static int uid_change_drops_capabilities(const struct c3_work *work)
{
	uint32_t real = 0;
	uint32_t effective = 0;
	uint32_t saved = 0;

	if (work->plan.steps & CLONE3_STEP_CAPABILITIES || work->plan.uid == 0)
		return 0;
	c3_syscall3(C3_NR_getresuid, c3_address(&real), c3_address(&effective), c3_address(&saved));
	return (real == 0 || effective == 0 || saved == 0) &&
	       !(c3_prctl(C3_PR_GET_SECUREBITS, 0, 0) & C3_SECBIT_NO_SETUID_FIXUP);
}

/*
 * With fs.suid_dumpable 1 the change of ids and the end of the guard are one act. As long as the
 * child has capabilities that the new user's processes lack, they cannot attach to it all the same
 * (cap_ptrace_access_check()). So it keeps them until the guard stands again.
 */
static int uid(struct c3_work *work)
{
	long id = work->plan.uid;
	int drops = uid_change_drops_capabilities(work);
	struct capabilities sets = { 0 };
	int error;

	if (drops) /* it fails where it is locked: then they are dropped at once */
		c3_prctl(C3_PR_SET_KEEPCAPS, 1, 0);
	error = c3_guard_again(work, c3_syscall3(C3_NR_setresuid, id, id, id));
	if (error || !drops)
		return error;
	error = read_capabilities(&sets);
	return error ? error : set_capabilities(0, 0, sets.inheritable);
}

static int limit_bounding_set(uint64_t wanted)
{
	for (int capability = 0; capability < 64; capability++) {
		int wants = wanted >> capability & 1;
		int has = c3_prctl(C3_PR_CAPBSET_READ, capability, 0);
		int error = 0;

		/* Behind the kernel's last capability it is EINVAL; and if there is no such call. */
		if (has < 0)
			return has == -EINVAL && capability && !(wanted >> capability) ? 0 : has;
		if (has && !wants)
			error = c3_prctl(C3_PR_CAPBSET_DROP, capability, 0);
		else if (wants && !has)
			error = -EPERM;
		if (error)
			return error;
	}
	return 0;
}

static int set_ambient(uint64_t wanted)
{
	int error = c3_prctl(C3_PR_CAP_AMBIENT, C3_PR_CAP_AMBIENT_CLEAR_ALL, 0);

	for (int capability = 0; capability < 64 && !error; capability++)
		if (wanted >> capability & 1)
			error = c3_prctl(C3_PR_CAP_AMBIENT, C3_PR_CAP_AMBIENT_RAISE, capability);
	return error;
}

static uint64_t kept_or(uint64_t wanted, uint64_t before)
{
	return wanted == CLONE3_CAPS_KEEP ? before : wanted;
}

/*
 * After the ids, with what save_capabilities() kept. Everything permitted is made effective first:
 * each of the changes needs it, and the last gives it up.
 */
static int capabilities(struct c3_work *work)
{
	const struct clone3_caps *caps = &work->plan.caps;
	uint64_t permitted = kept_or(caps->permitted, work->permitted);
	uint64_t effective = kept_or(caps->effective, work->effective & permitted);
	uint64_t inheritable = kept_or(caps->inheritable, work->inheritable);
	int error = set_capabilities(work->permitted, work->permitted, inheritable);

	if (!error && caps->ambient != CLONE3_CAPS_KEEP)
		error = set_ambient(caps->ambient);
	else if (!error && work->ambient)
		error = set_ambient(work->ambient & permitted & inheritable);
	if (!error && caps->bounding != CLONE3_CAPS_KEEP)
		error = limit_bounding_set(caps->bounding);
	if (!error && caps->securebits != (uint32_t)CLONE3_CAPS_KEEP)
		error = c3_prctl(C3_PR_SET_SECUREBITS, caps->securebits, 0);
	if (!error)
		error = set_capabilities(permitted, effective, inheritable);
	return error ? error : expect_capabilities(permitted, effective, inheritable);
}

static int cwd(struct c3_work *work)
{
	return (int)c3_syscall1(C3_NR_chdir, c3_address(work->plan.cwd));
}

static int cwd_fd(struct c3_work *work)
{
	return (int)c3_syscall1(C3_NR_fchdir, work->cwd_fd);
}

/*
 * A caller that ended before the kernel was told will not end again. 0: it is in no namespace of
 * ours.
 */
static int parent_death_signal(struct c3_work *work)
{
	long parent;
	int error = c3_prctl(C3_PR_SET_PDEATHSIG, work->plan.parent_death_signal, 0);

	if (error)
		return error;
	parent = c3_syscall1(C3_NR_getppid, 0);
	return parent == 0 || parent == work->caller_pid ? 0 : -ESRCH;
}

static int no_new_privs(struct c3_work *work)
{
	(void)work;
	return c3_prctl(C3_PR_SET_NO_NEW_PRIVS, 1, 0);
}

static int landlock(struct c3_work *work)
{
	return (int)c3_syscall2(C3_NR_landlock_restrict_self, work->landlock_fd, 0);
}

static int signal_mask(struct c3_work *work)
{
	return c3_sigmask(C3_SIG_SETMASK, &work->plan.signal_mask, NULL);
}

static int ptrace_me(struct c3_work *work)
{
	(void)work;
	return (int)c3_syscall4(C3_NR_ptrace, C3_PTRACE_TRACEME, 0, 0, 0);
}

static int seccomp(struct c3_work *work)
{
	const struct c3_sock_fprog program = { (uint16_t)work->plan.seccomp_count,
					       work->plan.seccomp };

	return (int)c3_syscall3(C3_NR_seccomp, C3_SECCOMP_SET_MODE_FILTER, 0, c3_address(&program));
}

/*
 * In the order of the kernel's needs. A step in two parts stands twice: what is raised or saved
 * first, what is lowered or dropped last. A step that is not listed is the clone's or the exec's.
 */
struct act {
	uint64_t step;
	int (*take)(struct c3_work *work);
};

/* What a nested child inherits; and what it has to do itself. */
static const struct act inherited[] = {
	{ CLONE3_STEP_CGROUP, join_cgroup },
	{ CLONE3_STEP_NAMESPACES, c3_unshare_left },
	{ CLONE3_STEP_IGNORE_SIGNALS, ignore_signals },
	{ CLONE3_STEP_DEFAULT_SIGNALS, default_signals },
	{ CLONE3_STEP_JOIN_NAMESPACES, c3_join_namespaces },
};

static const struct act first = { CLONE3_STEP_CLOSE_OTHERS, close_others };

static const struct act others[] = {
	{ CLONE3_STEP_SESSION, session },
	{ CLONE3_STEP_PROCESS_GROUP, process_group },
	{ CLONE3_STEP_CONTROLLING_TTY, controlling_tty },
	{ CLONE3_STEP_FOREGROUND, foreground },
	{ CLONE3_STEP_DENY_SETGROUPS, c3_deny_setgroups },
	{ CLONE3_STEP_UID_MAP, c3_uid_map },
	{ CLONE3_STEP_GID_MAP, c3_gid_map },
	{ CLONE3_STEP_TIME_OFFSETS, c3_time_offsets },
	{ CLONE3_STEP_OOM_SCORE_ADJ, oom_score_adj },
	{ CLONE3_STEP_PRIVATE_MOUNTS, c3_private_mounts },
	{ CLONE3_STEP_MOUNTS, c3_mounts },
	{ CLONE3_STEP_PIVOT_ROOT, c3_pivot_root },
	{ CLONE3_STEP_ROOT, root },
	{ CLONE3_STEP_PROC_MOUNT, c3_proc_mount },
	{ CLONE3_STEP_PIVOT_ROOT, c3_leave_old_root },
	{ CLONE3_STEP_HOSTNAME, c3_hostname },
	{ CLONE3_STEP_LOOPBACK, c3_loopback },
	{ CLONE3_STEP_UMASK, set_umask },
	{ CLONE3_STEP_PERSONALITY, personality },
	{ CLONE3_STEP_SUBREAPER, subreaper },
	{ CLONE3_STEP_KEYRING, keyring },
	{ CLONE3_STEP_RLIMITS, raise_limits },
	{ CLONE3_STEP_NICE, raise_nice },
	{ CLONE3_STEP_SCHEDULER, raise_scheduler },
	{ CLONE3_STEP_TIMER_SLACK, timer_slack }, /* a real-time policy zeroes it */
	{ CLONE3_STEP_IO_PRIORITY, raise_io_priority },
	{ CLONE3_STEP_FDS, fds },
	{ CLONE3_STEP_RLIMITS, lower_limits },
	{ CLONE3_STEP_CAPABILITIES, save_capabilities },
	{ CLONE3_STEP_GROUPS, groups },
	{ CLONE3_STEP_GID, gid },
	{ CLONE3_STEP_UID, uid },
	{ CLONE3_STEP_CAPABILITIES, capabilities },
	{ CLONE3_STEP_CWD, cwd },
	{ CLONE3_STEP_CWD_FD, cwd_fd },
	{ CLONE3_STEP_PARENT_DEATH_SIGNAL, parent_death_signal }, /* a change of ids clears it */
	{ CLONE3_STEP_NO_NEW_PRIVS, no_new_privs },
	{ CLONE3_STEP_LANDLOCK, landlock },
	{ CLONE3_STEP_NICE, lower_nice },
	{ CLONE3_STEP_SCHEDULER, lower_scheduler },
	{ CLONE3_STEP_AFFINITY, affinity },
	{ CLONE3_STEP_IO_PRIORITY, lower_io_priority },
	{ CLONE3_STEP_RLIMITS, lower_last_limits },
	{ CLONE3_STEP_SIGNAL_MASK, signal_mask },
	{ CLONE3_STEP_PTRACE_ME, ptrace_me },
	{ CLONE3_STEP_SECCOMP, seccomp },
};

static int exec(const struct c3_work *work, const char *path)
{
	return (int)c3_syscall3(C3_NR_execve, c3_address(path), c3_address(work->plan.argv),
				c3_address(work->plan.envp));
}

static int exec_descriptor(const struct c3_work *work)
{
	return (int)c3_syscall5(C3_NR_execveat, work->exec_fd, c3_address(""),
				c3_address(work->plan.argv), c3_address(work->plan.envp),
				C3_AT_EMPTY_PATH);
}

/*
 * A script's interpreter opens the script by the descriptor's number, so that it must stay open:
 * the kernel says ENOENT of a script that would be closed. No other program gets to see it.
 */
static int exec_by_descriptor(const struct c3_work *work)
{
	int is_passed_on = c3_is_target(&work->moves, work->exec_fd);
	int error = is_passed_on ? 0 : c3_fcntl(work->exec_fd, C3_F_SETFD, C3_FD_CLOEXEC);

	if (error < 0)
		return error;
	error = exec_descriptor(work);
	if (error != -ENOENT || is_passed_on)
		return error;
	c3_fcntl(work->exec_fd, C3_F_SETFD, 0);
	return exec_descriptor(work);
}

/*
 * Tries each directory. EACCES is remembered; what says "not here" leads on; all else is the
 * answer.
 */
static int exec_by_search(const struct c3_work *work)
{
	char path[C3_PATH_MAX];
	const char *name = work->plan.path;
	const char *from = work->plan.search_path;
	size_t name_length = c3_length(name);
	int answer = -ENOENT;

	for (;;) {
		const char *end = from;
		size_t length = 0;
		int error;

		while (*end && *end != ':')
			end++;
		if ((size_t)(end - from) + name_length + 2 <= sizeof(path)) {
			while (from < end)
				path[length++] = *from++;
			if (length > 0)
				path[length++] = '/';
			for (size_t i = 0; i <= name_length; i++)
				path[length++] = name[i];
			error = exec(work, path);
			if (error == -EACCES)
				answer = error;
			else if (error != -ENOENT && error != -ENOTDIR && error != -ESTALE &&
				 error != -ENODEV && error != -ETIMEDOUT)
				return error;
		}
		if (!*end)
			return answer;
		from = end + 1;
	}
}

static int is_searched(const struct clone3_plan *plan)
{
	const char *c = plan->path;

	if (!plan->search_path || !*c)
		return 0;
	while (*c && *c != '/')
		c++;
	return *c != '/';
}

static int start_program(const struct c3_work *work)
{
	if (work->plan.steps & CLONE3_STEP_EXEC_FD)
		return exec_by_descriptor(work);
	return is_searched(&work->plan) ? exec_by_search(work) : exec(work, work->plan.path);
}

/* A filter may make exit_group and exit return, and so no way but this may be relied on. */
static void leave(void)
{
	for (;;) {
		c3_syscall1(C3_NR_exit_group, 127);
		c3_syscall1(C3_NR_exit, 127);
		__builtin_trap();
	}
}

void c3_child_fail(struct c3_work *work, int error)
{
	work->error = -c3_errno_of(error);
	leave();
}

static void take(struct c3_work *work, const struct act *act)
{
	int error;

	if (!(work->plan.steps & act->step) || work->omitted & act->step)
		return;
	work->step = act->step;
	work->index = 0;
	if (work->omitted && c3_step(act->step)->needs & work->omitted)
		error = -EINVAL;
	else
		error = act->take(work);
	if (error == 0)
		return;
	if (!(work->plan.optional & act->step))
		c3_child_fail(work, error);
	work->omitted |= act->step;
}

/*
 * Where the clone makes no pidfd, the child leaves one in the caller's table, before anybody can
 * wait for it; then it takes a table of its own.
 */
static void leave_pidfd(struct c3_work *work)
{
	long error;

	work->step = CLONE3_STEP_CLONE;
	work->pidfd = (int32_t)c3_syscall2(C3_NR_pidfd_open, c3_syscall1(C3_NR_getpid, 0), 0);
	error = work->pidfd < 0 ? work->pidfd : c3_syscall1(C3_NR_unshare, CLONE3_FILES);
	if (error < 0)
		c3_child_fail(work, (int)error);
	work->shares_files = 0;
	work->emulated |= CLONE3_STEP_CLONE;
	c3_close(work->pidfd);
	work->step = 0;
}

/* Else there is but to exec. */
static int has_steps(const struct c3_work *work)
{
	return work->plan.steps & ~C3_STEPS_OF_CLONE || work->way != C3_BY_KERNEL;
}

static int become_program(void *pointer)
{
	struct c3_work *work = pointer;

	if (work->is_nested && work->way != C3_BY_KERNEL && work->shares_files)
		leave_pidfd(work);
	if (work->is_nested && !work->shares_files)
		c3_close(work->between_pidfd); /* copied with the table */
	if (has_steps(work)) {
		take(work, &first);
		for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
			take(work, &others[i]);
		work->index = 0;
	}
	work->step = CLONE3_STEP_EXEC;
	c3_child_fail(work, start_program(work));
	return 0;
}

/*
 * Only a child of this one is born in a pid namespace that it has joined. It is to be the caller's
 * own (CLONE_PARENT); its pidfd comes into the caller's table, which this one shares; and this
 * one's parked caller stays parked until the nested one has left the memory. It runs on the lower
 * half of the stack, since this one stays on the upper.
 */
static void nest(struct c3_work *work)
{
	struct c3_request request = {
		.args = {
			.flags = CLONE3_VM | CLONE3_VFORK | CLONE3_PARENT | CLONE3_PARENT_SETTID |
				 CLONE3_CHILD_CLEARTID,
			.parent_tid = (uintptr_t)&work->nested_pid,
			.child_tid = (uintptr_t)&work->nested_state,
			.stack = (uintptr_t)work->stack.base,
			.stack_size = ((uintptr_t)work - (uintptr_t)work->stack.base) / 2,
		},
		.size = CLONE3_ARGS_SIZE_VER0,
	};
	int result;

	work->nested_state = 1;
	work->step = CLONE3_STEP_CLONE;
	work->index = 0;
	if (work->way == C3_BY_KERNEL && !(work->plan.steps & CLONE3_STEP_CLOSE_OTHERS))
		work->shares_files = 0;
	if (work->way == C3_BY_KERNEL) {
		request.args.flags |= CLONE3_PIDFD;
		request.args.pidfd = (uintptr_t)&work->pidfd;
	}
	if (work->shares_files)
		request.args.flags |= CLONE3_FILES;
	result = c3_create(&request, become_program, work);
	if (result < 0)
		c3_child_fail(work, result);
	leave();
}

int c3_child_main(void *pointer)
{
	struct c3_work *work = pointer;

	if (work->way == C3_WITHOUT_PIDFD && work->shares_files && !work->is_nested)
		leave_pidfd(work);
	if (work->way != C3_BY_KERNEL)
		reset_handlers();
	if (has_steps(work))
		for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++)
			take(work, &inherited[i]);
	if (work->is_nested)
		nest(work);
	return become_program(work);
}
