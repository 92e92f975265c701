/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Every system call of a spawn fails once, and who makes it is killed there: the right error of the
 * right step comes back, and nothing is left. The calls are those that a tracer sees.
 */
#include "cgroup_dir.h"
#include "faults_walk.h"
#include "filter.h"

#include <sys/ioctl.h>
#include <termios.h>

static struct cgroup cgroup;
static struct pid_namespace namespace;
static struct clone3_join joins[2];
static struct clone3_mount new_mount;
static struct clone3_caps caps;
static char directory[] = "/tmp/libclone3-faults-XXXXXX";
static uint64_t cpus[16];
static int terminal = -1;
static int ruleset = -1;
static int root_fd = -1;
static int program_fd = -1;
static const uint32_t group_ids[] = { 0 };
static const int32_t first_pid[] = { 1 };
static struct clone3_rlimit limits[3];
static const struct clone3_filter allow[] = { { FILTER_ANSWER, 0, 0, FILTER_ALLOW } };
static struct clone3_fd cycle[] = { { 900, 901 }, { 901, 900 }, { 1, 1 }, { 0, 902 } };
static const struct clone3_id_range uids[] = { { 0, 0, 1 }, { 1, 100000, 65535 } };

/* What is used up by a run is made anew for each. */
static bool new_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return false;
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	return terminal >= 0;
}

/* The step with fields that let it succeed, and with what it needs. False: it is not known here. */
static bool add_step(struct clone3_plan *plan, uint64_t step)
{
	plan->steps |= step;
	switch (step) {
	case CLONE3_STEP_NAMESPACES:
		plan->namespaces |= CLONE3_NEWUTS;
		return true;
	case CLONE3_STEP_CGROUP:
		plan->cgroup_fd = cgroup.fd;
		return true;
	case CLONE3_STEP_SET_TID:
		plan->set_tid = first_pid;
		plan->set_tid_count = 1;
		plan->namespaces |= CLONE3_NEWPID;
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_AUTO_REAP:
	case CLONE3_STEP_KILL_ON_CLOSE:
	case CLONE3_STEP_SESSION:
	case CLONE3_STEP_PROCESS_GROUP:
	case CLONE3_STEP_SUBREAPER:
	case CLONE3_STEP_KEYRING:
	case CLONE3_STEP_NO_NEW_PRIVS:
	case CLONE3_STEP_PTRACE_ME:
	case CLONE3_STEP_CLOSE_OTHERS:
	case CLONE3_STEP_SIGNAL_MASK:
		return true;
	case CLONE3_STEP_IGNORE_SIGNALS:
		plan->ignore_signals = 1ULL << (SIGUSR1 - 1) | 1ULL << (SIGPIPE - 1);
		return true;
	case CLONE3_STEP_DEFAULT_SIGNALS:
		plan->default_signals = 1ULL << (SIGHUP - 1);
		return true;
	case CLONE3_STEP_JOIN_NAMESPACES:
		plan->joins = joins;
		plan->join_count = 2;
		return true;
	case CLONE3_STEP_CONTROLLING_TTY:
		plan->controlling_tty_fd = terminal;
		return add_step(plan, CLONE3_STEP_SESSION);
	case CLONE3_STEP_FOREGROUND:
		plan->foreground_fd = terminal;
		return add_step(plan, CLONE3_STEP_CONTROLLING_TTY);
	case CLONE3_STEP_DENY_SETGROUPS:
		plan->namespaces |= CLONE3_NEWUSER;
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_UID_MAP:
		plan->uid_map = uids;
		plan->uid_map_count = 2;
		plan->namespaces |= CLONE3_NEWUSER;
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_GID_MAP:
		plan->gid_map = uids;
		plan->gid_map_count = 2;
		plan->namespaces |= CLONE3_NEWUSER;
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_TIME_OFFSETS:
		plan->monotonic_offset_ns = 1000000000;
		plan->steps |= CLONE3_STEP_NAMESPACES;
		plan->namespaces |= CLONE3_NEWTIME;
		return true;
	case CLONE3_STEP_OOM_SCORE_ADJ:
		plan->oom_score_adj = 500;
		return true;
	case CLONE3_STEP_PRIVATE_MOUNTS:
		plan->namespaces |= CLONE3_NEWNS;
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_MOUNTS:
		plan->mounts = &new_mount;
		plan->mount_count = 1;
		return add_step(plan, CLONE3_STEP_PRIVATE_MOUNTS);
	case CLONE3_STEP_PIVOT_ROOT:
		plan->pivot_root = directory;
		return add_step(plan, CLONE3_STEP_MOUNTS);
	case CLONE3_STEP_ROOT:
		plan->root = "/";
		return true;
	case CLONE3_STEP_PROC_MOUNT:
		plan->namespaces |= CLONE3_NEWPID;
		return add_step(plan, CLONE3_STEP_PRIVATE_MOUNTS);
	case CLONE3_STEP_HOSTNAME:
		plan->hostname = "inside";
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_LOOPBACK:
		plan->namespaces |= CLONE3_NEWNET;
		return add_step(plan, CLONE3_STEP_NAMESPACES);
	case CLONE3_STEP_UMASK:
		plan->umask = 022;
		return true;
	case CLONE3_STEP_PERSONALITY:
		plan->personality = 0x0040000; /* ADDR_NO_RANDOMIZE */
		return true;
	case CLONE3_STEP_TIMER_SLACK:
		plan->timer_slack_ns = 1000000;
		return true;
	case CLONE3_STEP_NICE:
		plan->nice = 19;
		return true;
	case CLONE3_STEP_SCHEDULER:
		plan->sched_policy = 3; /* SCHED_BATCH */
		return true;
	case CLONE3_STEP_AFFINITY:
		plan->affinity = cpus;
		plan->affinity_words = sizeof(cpus) / sizeof(cpus[0]);
		return true;
	case CLONE3_STEP_IO_PRIORITY:
		plan->io_priority = 2 << 13 | 7;
		return true;
	case CLONE3_STEP_FDS:
		plan->fds = cycle;
		plan->fd_count = sizeof(cycle) / sizeof(cycle[0]);
		return true;
	case CLONE3_STEP_RLIMITS:
		plan->rlimits = limits;
		plan->rlimit_count = sizeof(limits) / sizeof(limits[0]);
		return true;
	case CLONE3_STEP_CAPABILITIES:
		plan->caps = caps;
		return true;
	case CLONE3_STEP_GROUPS:
		plan->groups = group_ids;
		plan->group_count = 1;
		return true;
	case CLONE3_STEP_GID:
		plan->gid = geteuid() ? getegid() : 65534;
		return true;
	case CLONE3_STEP_UID:
		plan->uid = geteuid() ? geteuid() : 65534;
		return true;
	case CLONE3_STEP_CWD:
		plan->cwd = "/";
		return true;
	case CLONE3_STEP_CWD_FD:
		plan->cwd_fd = root_fd;
		return true;
	case CLONE3_STEP_PARENT_DEATH_SIGNAL:
		plan->parent_death_signal = SIGTERM;
		return true;
	case CLONE3_STEP_LANDLOCK:
		plan->landlock_fd = ruleset;
		return add_step(plan, CLONE3_STEP_NO_NEW_PRIVS);
	case CLONE3_STEP_SECCOMP:
		plan->seccomp = allow;
		plan->seccomp_count = 1;
		return add_step(plan, CLONE3_STEP_NO_NEW_PRIVS);
	case CLONE3_STEP_EXEC_FD:
		plan->exec_fd = program_fd;
		plan->path = NULL;
		return true;
	}
	return false;
}

static bool add_steps(struct clone3_plan *plan, uint64_t steps)
{
	for (uint64_t step = 1; step & C3_STEPS_KNOWN; step <<= 1)
		if (steps & step && !add_step(plan, step))
			return false;
	return true;
}

/* What the scenario's process does first, for good. */
enum place_to_be { AS_IT_IS, AS_NOBODY, NO_CLONE3, NO_PIDFD, NO_CLOSE_RANGE, LESS_CLOSE_RANGE };

/* A plan, by its steps; the rest by its name. */
static const struct scenario {
	const char *name;
	uint64_t steps;
	uint64_t namespaces; /* besides those that the steps need */
	enum place_to_be place;
	enum { PLAIN, SEARCHED, COLLIDING, NESTING, KEEPING, FINDING_OUT, IN_THE_WAY } kind;
	uint64_t optional;
} scenarios[] = {
	{ .name = "a full plan",
	  .steps = ITS(SESSION) | ITS(SIGNAL_MASK) | ITS(FDS) | ITS(CLOSE_OTHERS) | ITS(RLIMITS) |
		   ITS(UMASK) | ITS(CWD) | ITS(NO_NEW_PRIVS) | ITS(PARENT_DEATH_SIGNAL) |
		   ITS(OOM_SCORE_ADJ) | ITS(AFFINITY) | ITS(CGROUP) },
	{ .name = "a search", .steps = ITS(UMASK), .kind = SEARCHED },
	{ .name = "colliding descriptors",
	  .steps = ITS(FDS) | ITS(CWD_FD) | ITS(LANDLOCK) | ITS(EXEC_FD),
	  .kind = COLLIDING },
	{ .name = "another user", .steps = ITS(GROUPS) | ITS(GID) | ITS(UID) },
	{ .name = "another user in a session", .steps = ITS(SESSION) | ITS(UID) },
	{ .name = "another user with capabilities",
	  .steps = ITS(GROUPS) | ITS(GID) | ITS(UID) | ITS(CAPABILITIES) | ITS(RLIMITS),
	  .kind = KEEPING },
	{ .name = "maps", .steps = ITS_MAPS },
	{ .name = "maps by the child", .steps = ITS_MAPS, .place = AS_NOBODY },
	{ .name = "a container",
	  .steps = ITS_MAPS | ITS(MOUNTS) | ITS(PIVOT_ROOT) | ITS(PROC_MOUNT) | ITS(HOSTNAME) |
		   ITS(LOOPBACK) | ITS(TIME_OFFSETS) | ITS(EXEC_FD),
	  .namespaces = CLONE3_NEWIPC | CLONE3_NEWCGROUP },
	{ .name = "joined mounts and a file of /proc",
	  .steps = ITS(JOIN_NAMESPACES) | ITS(OOM_SCORE_ADJ) | ITS(CLOSE_OTHERS) },
	{ .name = "joined mounts and descriptors in the way",
	  .steps = ITS(JOIN_NAMESPACES) | ITS(FDS),
	  .kind = IN_THE_WAY },
	{ .name = "nested", .steps = ITS(JOIN_NAMESPACES), .kind = NESTING },
	{ .name = "nested, and closing",
	  .steps = ITS(JOIN_NAMESPACES) | ITS(CLOSE_OTHERS) | ITS(UMASK),
	  .kind = NESTING },
	{ .name = "a terminal", .steps = ITS(SESSION) | ITS(CONTROLLING_TTY) | ITS(FOREGROUND) },
	{ .name = "finding out whether a child is apart", .place = NO_CLONE3, .kind = FINDING_OUT },
	{ .name = "without clone3", .steps = ITS(UMASK), .place = NO_CLONE3 },
	{ .name = "a cgroup and a clock without clone3",
	  .steps = ITS(CGROUP) | ITS(TIME_OFFSETS) | ITS(CLOSE_OTHERS),
	  .namespaces = CLONE3_NEWUTS,
	  .place = NO_CLONE3 },
	{ .name = "maps without clone3", .steps = ITS_MAPS, .place = NO_CLONE3 },
	{ .name = "nested without clone3",
	  .steps = ITS(JOIN_NAMESPACES) | ITS(CLOSE_OTHERS),
	  .place = NO_CLONE3,
	  .kind = NESTING },
	{ .name = "without CLONE_PIDFD", .steps = ITS(CLOSE_OTHERS), .place = NO_PIDFD },
	{ .name = "a cgroup without CLONE_PIDFD", .steps = ITS(CGROUP), .place = NO_PIDFD },
	{ .name = "close_range refused", .steps = ITS(CLOSE_OTHERS), .place = NO_CLOSE_RANGE },
	{ .name = "CLOSE_RANGE_CLOEXEC refused",
	  .steps = ITS(CLOSE_OTHERS),
	  .place = LESS_CLOSE_RANGE },
};

static bool be_there(enum place_to_be place)
{
	switch (place) {
	case AS_IT_IS:
		return true;
	case AS_NOBODY:
		return be_ordinary();
	case NO_CLONE3:
		return filter_clone3(ENOSYS);
	case NO_PIDFD:
		return refuse_if(SYS_clone, 0, CLONE3_PIDFD, CLONE3_PIDFD, EINVAL) &&
		       filter_clone3(ENOSYS);
	case NO_CLOSE_RANGE:
		return refuse(SYS_close_range, ENOSYS);
	case LESS_CLOSE_RANGE:
		return refuse_if(SYS_close_range, 2, C3_CLOSE_RANGE_CLOEXEC, C3_CLOSE_RANGE_CLOEXEC,
				 EINVAL);
	}
	return false;
}

/* In the scenario's process. */
static bool prepare(const struct scenario *scenario, struct clone3_plan *plan)
{
	static struct clone3_fd collisions[] = { { 0, 0 }, { 1, 0 }, { 2, 0 }, { 1, 900 } };
	uint64_t steps = scenario->steps;

	if (steps & (CLONE3_STEP_CONTROLLING_TTY | CLONE3_STEP_FOREGROUND) && !new_terminal())
		return false;
	if (steps & (CLONE3_STEP_MOUNTS | CLONE3_STEP_PIVOT_ROOT)) {
		new_mount.target = directory;
		new_mount.mount_fd = detached_tree("/");
	}
	if (!be_there(scenario->place))
		return false;
	*plan = plan_for("unused");
	if (scenario->place == NO_CLONE3 || scenario->place == NO_PIDFD) {
		struct clone3_child child = child_record();

		/* What is found out once is kept. */
		if (scenario->kind != FINDING_OUT && clone3_spawn(plan, &child) == 0) {
			reap(child.pid);
			close(child.pidfd);
		}
	}
	if (!add_steps(plan, steps))
		return false;
	plan->optional = scenario->optional;
	if (scenario->namespaces)
		plan->namespaces |= scenario->namespaces;
	if (steps & CLONE3_STEP_PIVOT_ROOT)
		add_step(plan, CLONE3_STEP_EXEC_FD);
	if (scenario->place == AS_NOBODY)
		map_own_ids(plan, 0);
	switch (scenario->kind) {
	case PLAIN:
	case FINDING_OUT:
		break;
	case SEARCHED:
		plan->path = "exe";
		plan->search_path = "/nonexistent:/proc/version:/proc/self";
		break;
	case COLLIDING:
		collisions[1].target = root_fd;
		collisions[2].target = ruleset;
		collisions[3].target = program_fd;
		plan->fds = collisions;
		plan->fd_count = 4;
		break;
	case IN_THE_WAY: /* of what the caller opens for the child */
		collisions[1].target = dup(0);
		close(collisions[1].target);
		plan->fds = collisions;
		plan->fd_count = 2;
		break;
	case NESTING:
		joins[0].fd = namespace.fd;
		joins[0].namespaces = CLONE3_NEWPID;
		plan->join_count = 1;
		break;
	case KEEPING:
		plan->caps.ambient = CLONE3_CAPS_KEEP;
		break;
	}
	return true;
}

static void spawns(const void *pointer, struct outcome *outcome)
{
	struct clone3_child child = child_record();
	struct clone3_exit end = { 0 };
	struct state before;
	struct clone3_plan plan;

	scenario_begin();
	if (!prepare(pointer, &plan)) {
		snprintf(outcome->wrong, sizeof(outcome->wrong), "it cannot be prepared");
		return;
	}
	state_take(&before);
	traced_begin();
	outcome->result = clone3_spawn(&plan, &child);
	traced_end();
	outcome->child = child;
	if (outcome->result == 0) {
		if (clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.pid != child.pid ||
		    end.code != CLD_EXITED || end.status != 0)
			snprintf(outcome->wrong, sizeof(outcome->wrong),
				 "the program: pid %d of %d, code %d, status %d", end.pid,
				 child.pid, end.code, end.status);
		close(child.pidfd);
	}
	outcome_of_state(&before, outcome);
}

#define PLACE(of, in, call, what) .who = of, .step = in, .number = SYS_##call, .argument = what
#define CALLER(phase, call, what) PLACE(WHO_CALLER, phase, call, what)
#define HELPER(call, what) PLACE(WHO_HELPER, ANY_STEP, call, what)
#define CHILD(in, call, what) PLACE(WHO_CHILD, in, call, what)
#define ANY ANY_ARGUMENT

/* Where the errno of the call does not come back as the step's: what does, and why. */
static const struct rule rules[] = {
	/* The caller's, before there is a child. */
	{ CALLER(PHASE_BEFORE, rt_sigprocmask, SIG_SETMASK << 1), .verdict = AS_BEFORE,
	  .left = LEFT_MASK, .why = "nothing can be done" },
	{ .who = WHO_CALLER,
	  .step = PHASE_BEFORE,
	  .number = ANY_NUMBER,
	  .argument = ANY,
	  .verdict = AS_BEFORE,
	  .why = "it is found out the next time",
	  .only = "finding out" },
	{ CALLER(ANY_STEP, clone3, CLONE_EMPTY), .verdict = AS_BEFORE,
	  .why = "it is found out otherwise" },
	{ CALLER(PHASE_BEFORE, rt_sigprocmask, SIG_SETMASK << 1 | 1), .verdict = AS_BEFORE,
	  .why = "it is found out the next time", .only = "bare" },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_HELPER), .error = ENOSYS, .verdict = AS_BEFORE,
	  .why = "clone(2) does it" },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .error = EAGAIN },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .error = ENOMEM },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .error = EBUSY, .plan = ITS(CGROUP),
	  .told_step = ITS(CGROUP) },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .error = ENOSYS, .nth = 1,
	  .verdict = BY_OTHER_MEANS, .why = "clone(2) does it, or the second try" },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .error = EPERM, .nth = 1,
	  .verdict = BY_OTHER_MEANS, .why = "the child does it" },
	/* The first suspect without which there is another errno. */
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .plan = ITS(KILL_ON_CLOSE),
	  .told_step = ITS(KILL_ON_CLOSE) },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .plan = ITS(AUTO_REAP),
	  .told_step = ITS(AUTO_REAP) },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .plan = ITS(SET_TID),
	  .told_step = ITS(SET_TID) },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .error = ENOSYS, .verdict = BY_OTHER_MEANS,
	  .why = "clone(2) does it" },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_CHILD), .plan = ITS(NAMESPACES),
	  .told_step = ITS(NAMESPACES) },
	{ CALLER(ANY_STEP, clone, CLONE_OF_NOBODY), .verdict = AS_BEFORE,
	  .why = "the first suspect is told" },
	{ CALLER(ANY_STEP, clone3, CLONE_OF_NOBODY), .verdict = AS_BEFORE,
	  .why = "the first suspect is told" },
	{ CALLER(ANY_STEP, mmap, ANY), .error = EAGAIN, .told = ENOMEM,
	  .why = "there is no memory" },
	{ CALLER(ANY_STEP, madvise, ANY), .verdict = AS_BEFORE,
	  .why = "it is for children of other threads" },
	{ CALLER(ANY_STEP, getresuid, ANY), .told = EACCES, .told_step = ITS(DENY_SETGROUPS),
	  .left = LEFT_MAPPING, .why = "the guard closes /proc to the child",
	  .only = "by the child" },
	{ CALLER(ANY_STEP, getresgid, ANY), .told = EACCES, .told_step = ITS(DENY_SETGROUPS),
	  .left = LEFT_MAPPING, .why = "the guard closes /proc to the child",
	  .only = "by the child" },
	{ CALLER(ANY_STEP, capget, ANY), .told = EACCES, .told_step = ITS(DENY_SETGROUPS),
	  .left = LEFT_MAPPING, .why = "the guard closes /proc to the child",
	  .only = "by the child" },
	{ CALLER(ANY_STEP, getresuid, ANY), .verdict = AS_BEFORE, .why = "it is guarded" },
	{ CALLER(ANY_STEP, getresgid, ANY), .verdict = AS_BEFORE, .why = "it is guarded" },
	{ CALLER(ANY_STEP, capget, ANY), .verdict = AS_BEFORE, .why = "it is guarded" },
	{ CALLER(ANY_STEP, fcntl, F_GETFD), .told = EBADF, .told_step = ITS(JOIN_NAMESPACES),
	  .why = "it is taken for a closed one" },
	{ CALLER(PHASE_BEFORE, openat, ANY), .told_step = ITS(OOM_SCORE_ADJ) | ITS(CLOSE_OTHERS),
	  .why = "the step needs /proc", .only = "a file of /proc" },
	{ CALLER(PHASE_AFTER, openat, ANY), .told_step = ITS(OOM_SCORE_ADJ) | ITS(CLOSE_OTHERS),
	  .why = "the step needs /proc", .only = "a file of /proc" },
	{ CALLER(ANY_STEP, fcntl, F_DUPFD_CLOEXEC), .verdict = AS_BEFORE,
	  .why = "nobody needs /proc" },
	{ CALLER(PHASE_BEFORE, openat, ANY), .verdict = AS_BEFORE,
	  .why = "nobody needs /proc, or guards are alone" },
	{ CALLER(PHASE_BEFORE, read, ANY), .verdict = AS_BEFORE, .why = "guards are alone" },
	{ CALLER(ANY_STEP, getpid, ANY), .told = ESRCH, .told_step = ITS(PARENT_DEATH_SIGNAL),
	  .why = "it is taken for a caller that has ended", .plan = ITS(PARENT_DEATH_SIGNAL) },
	{ CALLER(ANY_STEP, rt_sigprocmask, SIG_BLOCK << 1 | 1), .told = EINVAL,
	  .why = "the stack is taken for one outside", .only = "_setgroups" },
	{ CALLER(ANY_STEP, rt_sigprocmask, SIG_BLOCK << 1 | 1), .told = EINVAL,
	  .told_step = ITS(CLONE) | ITS(NAMESPACES), .why = "the stack is taken for one outside",
	  .only = "maps" },
	{ CALLER(ANY_STEP, rt_sigprocmask, SIG_BLOCK << 1 | 1), .told = EINVAL,
	  .told_step = ITS(NAMESPACES), .why = "the stack is taken for one outside",
	  .only = "a clock" },
	{ CALLER(ANY_STEP, rt_sigprocmask, SIG_BLOCK << 1 | 1), .nth = 2, .told = EINVAL,
	  .why = "the stack is taken for one outside", .only = "CLONE_PIDFD" },
	{ CALLER(ANY_STEP, rt_sigprocmask, SIG_BLOCK << 1 | 1), .verdict = BY_OTHER_MEANS,
	  .why = "it is tried again without CLONE_PIDFD" },
	/* After. */
	{ CALLER(ANY_STEP, rt_sigprocmask, SIG_SETMASK << 1), .verdict = AS_BEFORE,
	  .left = LEFT_MASK, .why = "nothing can be done" },
	{ CALLER(ANY_STEP, prctl, PRCTL(PR_SET_DUMPABLE, 1)), .verdict = AS_BEFORE,
	  .left = LEFT_DUMPABLE, .why = "nothing can be done" },
	{ CALLER(ANY_STEP, munmap, ANY), .verdict = AS_BEFORE, .left = LEFT_MAPPING,
	  .why = "nothing can be done" },
	{ CALLER(ANY_STEP, close, ANY), .verdict = AS_BEFORE, .why = "it is closed in any case" },
	{ CALLER(ANY_STEP, futex, RAW_FUTEX_WAKE), .verdict = AS_BEFORE, .why = "nobody reads it" },
	{ CALLER(ANY_STEP, futex, RAW_FUTEX_WAKE | 128), .verdict = AS_BEFORE,
	  .why = "nobody reads it" },
	{ CALLER(ANY_STEP, futex, RAW_FUTEX_WAIT), .verdict = AS_BEFORE, .why = "it waits again" },
	{ CALLER(ANY_STEP, clock_gettime, ANY), .verdict = AS_BEFORE, .left = LEFT_TASK,
	  .why = "it waits without looking" },
	{ CALLER(ANY_STEP, sched_yield, ANY), .verdict = AS_BEFORE, .why = "nobody reads it" },
	{ CALLER(ANY_STEP, getpid, ANY), .verdict = AS_BEFORE, .left = LEFT_TASK,
	  .why = "it is taken for the thread's end" },
	{ CALLER(ANY_STEP, tgkill, ANY), .verdict = AS_BEFORE, .left = LEFT_TASK,
	  .why = "it is taken for the thread's end" },
	{ CALLER(ANY_STEP, setpgid, ANY), .verdict = AS_BEFORE, .why = "/proc tells, too" },
	{ CALLER(PHASE_AFTER, openat, ANY), .verdict = AS_BEFORE, .why = "it looks again" },
	{ CALLER(PHASE_AFTER, read, ANY), .error = EIO, .verdict = AS_BEFORE, .left = LEFT_DUMPABLE,
	  .why = "nothing tells when the child has left" },
	{ CALLER(PHASE_AFTER, read, ANY), .verdict = AS_BEFORE, .why = "it looks again" },
	{ CALLER(ANY_STEP, waitid, WEXITED | WNOHANG | WNOWAIT), .verdict = AS_BEFORE,
	  .why = "it was started" },
	{ CALLER(ANY_STEP, waitid, ANY), .verdict = AS_BEFORE, .why = "it waits again" },
	{ CALLER(ANY_STEP, ppoll, ANY), .verdict = AS_BEFORE, .why = "it looks again" },
	/* The helper's. */
	{ HELPER(openat, ANY), .verdict = TOLD_OF_MAP },
	{ HELPER(write, ANY), .verdict = TOLD_OF_MAP },
	{ HELPER(close, ANY), .verdict = AS_BEFORE, .why = "it is closed in any case" },
	{ HELPER(futex, RAW_FUTEX_WAKE), .verdict = AS_BEFORE, .why = "nobody reads it" },
	{ HELPER(futex, RAW_FUTEX_WAIT), .verdict = AS_BEFORE, .why = "it waits again" },
	{ HELPER(clock_gettime, ANY), .verdict = AS_BEFORE, .why = "it waits without looking" },
	{ HELPER(exit, ANY), .verdict = DIES, .why = "there is nothing else that it could do" },
	{ HELPER(sched_yield, ANY), .verdict = AS_BEFORE, .why = "nobody reads it" },
	/* The child's. */
	{ CHILD(ANY_STEP, close, ANY), .verdict = AS_BEFORE, .why = "it is closed in any case" },
	{ CHILD(ANY_STEP, exit_group, ANY), .verdict = AS_BEFORE, .why = "it leaves otherwise" },
	{ CHILD(ANY_STEP, exit, ANY), .verdict = AS_BEFORE, .why = "it leaves otherwise" },
	{ CHILD(0, rt_sigaction, ANY), .verdict = AS_BEFORE, .why = "exec resets handlers, too" },
	{ CHILD(ITS(CGROUP), fstatfs, ANY), .told = EBADF, .why = "it is taken for no cgroup" },
	{ CHILD(ITS(NAMESPACES), uname, ANY), .told = ENOSYS,
	  .why = "it is taken for an old kernel" },
	{ CHILD(ITS(CLONE), getpid, ANY), .told = EINVAL, .why = "pidfd_open refuses what it got" },
	{ CHILD(ITS(CLONE), rt_sigprocmask, ANY), .told = EINVAL,
	  .why = "the stack is taken for one outside" },
	{ CHILD(ITS(CLOSE_OTHERS), close_range, C3_CLOSE_RANGE_UNSHARE), .verdict = AS_BEFORE,
	  .why = "the whole table is copied" },
	{ CHILD(ITS(CLOSE_OTHERS), close_range, C3_CLOSE_RANGE_CLOEXEC), .error = ENOSYS,
	  .verdict = BY_OTHER_MEANS, .why = "/proc tells what is open" },
	{ CHILD(ANY_STEP, futex, ANY), .verdict = AS_BEFORE, .why = "it waits again" },
	{ CHILD(ANY_STEP, clock_gettime, ANY), .verdict = AS_BEFORE,
	  .why = "it waits without looking" },
	{ CHILD(ANY_STEP, sched_yield, ANY), .verdict = AS_BEFORE, .why = "nobody reads it" },
	{ CHILD(ITS(DENY_SETGROUPS), prctl, PR_SET_PDEATHSIG), .verdict = AS_BEFORE,
	  .why = "it counts only if the caller is killed" },
	{ CHILD(ITS(UID_MAP), prctl, PR_SET_PDEATHSIG), .verdict = AS_BEFORE,
	  .why = "it counts only if the caller is killed" },
	{ CHILD(ITS(GID_MAP), prctl, PR_SET_PDEATHSIG), .verdict = AS_BEFORE,
	  .why = "it counts only if the caller is killed" },
	{ CHILD(ITS(NICE), getpriority, ANY), .verdict = AS_BEFORE,
	  .why = "it is set first, or last" },
	{ CHILD(ITS(SCHEDULER), sched_getscheduler, ANY), .verdict = AS_BEFORE,
	  .why = "it is set last" },
	{ CHILD(ITS(UID), getresuid, ANY), .verdict = AS_BEFORE,
	  .why = "it drops capabilities in any case" },
	{ CHILD(ITS(UID), prctl, PR_GET_SECUREBITS), .verdict = AS_BEFORE,
	  .why = "the kernel drops capabilities at once" },
	{ CHILD(ITS(UID), prctl, PR_SET_KEEPCAPS), .verdict = AS_BEFORE,
	  .why = "the kernel drops capabilities at once" },
	{ CHILD(ITS(PARENT_DEATH_SIGNAL), getppid, ANY), .told = ESRCH,
	  .why = "it is taken for a caller that has ended" },
};

/* What is made once for all scenarios. */
static bool set_up(void)
{
	const uint64_t handled = 1ULL << 6; /* LANDLOCK_ACCESS_FS_MAKE_CHAR */
	struct rlimit limit;

	root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	program_fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	ruleset = (int)syscall(444 /* landlock_create_ruleset */, &handled, sizeof(handled), 0);
	joins[0].fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	joins[0].namespaces = CLONE3_NEWNS;
	joins[1].fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	joins[1].namespaces = CLONE3_NEWUTS;
	dup2(1, 900);
	dup2(1, 901);
	fcntl(900, F_SETFD, FD_CLOEXEC);
	fcntl(901, F_SETFD, FD_CLOEXEC);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max > 2000 ? limit.rlim_max / 2 : limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	limits[0] = (struct clone3_rlimit){ .resource = RLIMIT_CORE };
	limits[1] = (struct clone3_rlimit){ RLIMIT_NOFILE, 0, limit.rlim_max, limit.rlim_max };
	getrlimit(RLIMIT_FSIZE, &limit);
	limits[2] = (struct clone3_rlimit){ RLIMIT_FSIZE, 0, limit.rlim_cur, limit.rlim_max };
	syscall(SYS_sched_getaffinity, 0, sizeof(cpus), cpus);
	caps = (struct clone3_caps){
		.bounding = proc_status(getpid(), getpid(), "CapBnd", 16) & ~(1ULL << 5),
		.permitted = CLONE3_CAPS_KEEP,
		.effective = CLONE3_CAPS_KEEP,
		.inheritable = 1ULL << 10,
		.ambient = 1ULL << 10,
	};
	cgroup_make(NULL, &cgroup);
	if (geteuid() == 0)
		pid_namespace_make(&namespace);
	return root_fd >= 0 && program_fd >= 0 && mkdtemp(directory);
}

static void walk(const struct scenario *scenario, bool is_fresh)
{
	struct clone3_plan plan = { 0 };
	int lacking = 0;
	struct walk_of_faults of_it = {
		.name = scenario->name,
		.body = spawns,
		.scenario = scenario,
		.rules = rules,
		.rule_count = sizeof(rules) / sizeof(rules[0]),
		.is_spawn = true,
		.optional = scenario->optional,
		.is_fresh = is_fresh,
		.by_hand = scenario->place == NO_CLONE3 || scenario->place == NO_PIDFD,
	};

	add_steps(&plan, scenario->steps);
	of_it.steps = plan.steps;
	/* Before Linux 6.2 a clock is set too late, or not at all. */
	if (plan.steps & CLONE3_STEP_TIME_OFFSETS)
		lacking = scenario->place == NO_CLONE3 ? -ENOSYS : -EACCES;
	walk_scenario(&of_it, !(scenario->steps & ~support_here().steps), lacking);
}

int main(int argc, char **argv)
{
	const uint64_t never_optional = CLONE3_STEP_ROOT | CLONE3_STEP_PIVOT_ROOT |
					CLONE3_STEP_CAPABILITIES | CLONE3_STEP_GROUPS |
					CLONE3_STEP_GID | CLONE3_STEP_UID | CLONE3_STEP_EXEC_FD;
	char name[64];

	(void)argv;
	if (argc > 1) /* the program */
		return 0;
	if (!FAULTS_CAN_BE_MADE) {
		skip("spawn_faults", "calls are made to fail on x86_64 only");
		return done();
	}
	if (getpid() == 1) {
		skip("spawn_faults", "the children of those that are killed come to pid 1");
		return done();
	}
	if (!set_up()) {
		printf("Bail out! it cannot be set up\n");
		return 1;
	}
	walk(&(struct scenario){ .name = "bare" }, true);
	for (uint64_t step = 1; step & C3_STEPS_KNOWN; step <<= 1) {
		struct scenario alone = { .name = clone3_step_name(step), .steps = step };
		struct clone3_plan plan = { 0 };

		if (!clone3_step_name(step) || !add_step(&plan, step)) {
			ok(false, "step %llx has no scenario", (unsigned long long)step);
			continue;
		}
		if (step & C3_MAP_STEPS && geteuid() != 0) { /* not for the child to write */
			skip("spawn_faults/maps by root", "needs root");
			continue;
		}
		walk(&alone, (step & C3_STEPS_OF_CLONE) != 0);
		snprintf(name, sizeof(name), "%s, optional", alone.name);
		alone.name = name;
		alone.optional = step;
		if (!(step & never_optional))
			walk(&alone, false);
	}
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		walk(&scenarios[i], true);
	ok(true, "%d scenarios, %d errors, %d kills, %d places that did not come again",
	   walk_scenarios, walk_errors, walk_kills, walk_missed);
	rmdir(directory);
	if (geteuid() == 0)
		pid_namespace_end(&namespace);
	if (cgroup.fd >= 0)
		cgroup_remove(&cgroup);
	return done();
}
