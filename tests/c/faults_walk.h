/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Walks a scenario: each call of a run without faults fails once, in each way that is known of it,
 * and who makes it is killed there. What such a run calls besides fails in a further run.
 */
#ifndef FAULTS_WALK_H
#define FAULTS_WALK_H

#include "faults.h"

#include <sys/utsname.h>

#define ANY_ARGUMENT (~0ULL)
#define FAULTS_ERRORS 6
#define ANY_NUMBER (-1)
#define BIRTH (1ULL << 60) /* of a child, before it has noted a step */
#define ANY_STEP (~0ULL)

#define ITS(name) CLONE3_STEP_##name
#define ITS_MAPS C3_MAP_STEPS
#define PROC_FILES                                                                                 \
	(ITS(CGROUP) | ITS(CLOSE_OTHERS) | ITS_MAPS | ITS(TIME_OFFSETS) | ITS(OOM_SCORE_ADJ))

/* It is done all the same, and its result is another: what has an effect that nothing could undo. */
#define AFTER 1
/* How often it comes is a matter of time. */
#define TIMED 2

/*
 * What is known of a call: in which of its steps a child makes it, and how it can fail. EPERM is
 * also what a filter answers, of calls that else cannot fail.
 */
static const struct known_call {
	const char *name;
	long number;
	uint64_t argument;
	uint64_t steps;
	int flags;
	int errors[FAULTS_ERRORS];
} known_calls[] = {
	{ "execve", SYS_execve, ANY_ARGUMENT, ITS(EXEC), 0, { ENOMEM, EAGAIN } },
	{ "execveat", SYS_execveat, ANY_ARGUMENT, ITS(EXEC), 0, { ENOMEM, EAGAIN } },
	{ "exit_group", SYS_exit_group, ANY_ARGUMENT, ANY_STEP, 0, { EPERM } },
	{ "exit", SYS_exit, ANY_ARGUMENT, ANY_STEP, 0, { EPERM } },
	{ "clone3(NULL)", SYS_clone3, CLONE_EMPTY, 0, 0, { ENOSYS, EPERM } },
	{ "clone3(THREAD)", SYS_clone3, CLONE_OF_HELPER, 0, 0, { EAGAIN, ENOMEM, ENOSYS } },
	{ "clone3(nowhere)", SYS_clone3, CLONE_OF_NOBODY, 0, 0, { ENOMEM } },
	{ "clone3",
	  SYS_clone3,
	  CLONE_OF_CHILD,
	  0,
	  0,
	  { EAGAIN, ENOMEM, ENOSYS, EPERM, ENOSPC, EBUSY } },
	{ "clone3(PARENT)", SYS_clone3, CLONE_OF_NESTED, ITS(CLONE), 0, { EAGAIN, ENOSYS } },
	{ "clone(THREAD)", SYS_clone, CLONE_OF_HELPER, 0, 0, { EAGAIN } },
	{ "clone(nowhere)", SYS_clone, CLONE_OF_NOBODY, 0, 0, { ENOMEM } },
	{ "clone", SYS_clone, CLONE_OF_CHILD, 0, 0, { EAGAIN, ENOMEM } },
	{ "clone(PARENT)", SYS_clone, CLONE_OF_NESTED, ITS(CLONE), 0, { EAGAIN } },
	{ "mmap", SYS_mmap, ANY_ARGUMENT, 0, 0, { ENOMEM, EAGAIN } },
	{ "mprotect", SYS_mprotect, ANY_ARGUMENT, 0, 0, { ENOMEM } },
	{ "madvise", SYS_madvise, ANY_ARGUMENT, 0, 0, { EINVAL } },
	{ "munmap", SYS_munmap, ANY_ARGUMENT, 0, 0, { ENOMEM } },
	{ "getresuid", SYS_getresuid, ANY_ARGUMENT, ITS(UID), 0, { EPERM } },
	{ "getresgid", SYS_getresgid, ANY_ARGUMENT, 0, 0, { EPERM } },
	{ "capget", SYS_capget, ANY_ARGUMENT, ITS(UID) | ITS(CAPABILITIES), 0, { EPERM } },
	{ "capset", SYS_capset, ANY_ARGUMENT, ITS(UID) | ITS(CAPABILITIES), 0, { EPERM } },
	{ "getpid", SYS_getpid, ANY_ARGUMENT, ITS(CLONE), 0, { EPERM } },
	{ "getppid", SYS_getppid, ANY_ARGUMENT, ITS(PARENT_DEATH_SIGNAL), 0, { EPERM } },
	{ "openat", SYS_openat, ANY_ARGUMENT, PROC_FILES, 0, { EMFILE, EINTR } },
	{ "read", SYS_read, ANY_ARGUMENT, 0, 0, { EIO, EINTR } },
	{ "pread64", SYS_pread64, ANY_ARGUMENT, 0, 0, { EIO, EINTR } },
	{ "write", SYS_write, ANY_ARGUMENT, PROC_FILES, 0, { ENOMEM, EINTR } },
	{ "close",
	  SYS_close,
	  ANY_ARGUMENT,
	  PROC_FILES | ITS(LOOPBACK) | ITS(FDS) | ITS(CLONE) | BIRTH,
	  AFTER,
	  { EINTR, EIO } },
	{ "getdents64", SYS_getdents64, ANY_ARGUMENT, ITS(CLOSE_OTHERS), 0, { EIO } },
	{ "readlinkat", SYS_readlinkat, ANY_ARGUMENT, ITS_MAPS, 0, { ENOENT } },
	{ "faccessat", SYS_faccessat, ANY_ARGUMENT, 0, 0, { EACCES } },
	{ "fstatfs", SYS_fstatfs, ANY_ARGUMENT, ITS(CGROUP), 0, { EIO, EINTR } },
	{ "fcntl(GETFD)", SYS_fcntl, F_GETFD, 0, 0, { EPERM } },
	{ "fcntl(DUPFD)", SYS_fcntl, F_DUPFD_CLOEXEC, ITS(FDS), 0, { EMFILE } },
	{ "fcntl(SETFD)",
	  SYS_fcntl,
	  F_SETFD,
	  ITS(FDS) | ITS(EXEC) | ITS(CLOSE_OTHERS),
	  0,
	  { EPERM } },
	{ "dup3", SYS_dup3, ANY_ARGUMENT, ITS(FDS), 0, { EBUSY, EINTR } },
	{ "close_range(UNSHARE)",
	  SYS_close_range,
	  C3_CLOSE_RANGE_UNSHARE,
	  ITS(CLOSE_OTHERS),
	  0,
	  { ENOMEM, ENOSYS } },
	{ "close_range(CLOEXEC)",
	  SYS_close_range,
	  C3_CLOSE_RANGE_CLOEXEC,
	  ITS(CLOSE_OTHERS),
	  0,
	  { ENOMEM, ENOSYS } },
	{ "unshare",
	  SYS_unshare,
	  ANY_ARGUMENT,
	  ITS(CLOSE_OTHERS) | ITS(CLONE) | ITS(NAMESPACES),
	  0,
	  { ENOMEM, EPERM } },
	{ "uname", SYS_uname, ANY_ARGUMENT, ITS(NAMESPACES), 0, { EPERM } },
	{ "setns", SYS_setns, ANY_ARGUMENT, ITS(JOIN_NAMESPACES), 0, { ENOMEM, EPERM } },
	{ "rt_sigprocmask(BLOCK, old)",
	  SYS_rt_sigprocmask,
	  SIG_BLOCK << 1 | 1,
	  ITS(CLONE),
	  0,
	  { EPERM } },
	{ "rt_sigprocmask(SETMASK, old)",
	  SYS_rt_sigprocmask,
	  SIG_SETMASK << 1 | 1,
	  0,
	  0,
	  { EPERM } },
	{ "rt_sigprocmask(SETMASK)",
	  SYS_rt_sigprocmask,
	  SIG_SETMASK << 1,
	  ITS(SIGNAL_MASK),
	  0,
	  { EPERM } },
	{ "rt_sigaction(set)",
	  SYS_rt_sigaction,
	  1,
	  BIRTH | ITS(IGNORE_SIGNALS) | ITS(DEFAULT_SIGNALS),
	  0,
	  { EPERM } },
	{ "rt_sigaction(get)", SYS_rt_sigaction, 0, BIRTH, 0, { EPERM } },
	{ "setsid", SYS_setsid, ANY_ARGUMENT, ITS(SESSION), 0, { EPERM } },
	{ "setpgid", SYS_setpgid, 0, ITS(PROCESS_GROUP), 0, { EPERM } },
	{ "setpgid(no group)", SYS_setpgid, 1, 0, 0, { EPERM } },
	{ "setpgid(child)", SYS_setpgid, 2, 0, TIMED, { EPERM } },
	{ "getpgid", SYS_getpgid, ANY_ARGUMENT, ITS(FOREGROUND), 0, { EPERM } },
	{ "ioctl(TIOCSCTTY)", SYS_ioctl, C3_TIOCSCTTY, ITS(CONTROLLING_TTY), 0, { EPERM, EIO } },
	{ "ioctl(TIOCSPGRP)", SYS_ioctl, C3_TIOCSPGRP, ITS(FOREGROUND), 0, { ENOTTY, EINTR } },
	{ "ioctl(SIOCGIFFLAGS)", SYS_ioctl, C3_SIOCGIFFLAGS, ITS(LOOPBACK), 0, { ENODEV } },
	{ "ioctl(SIOCSIFFLAGS)", SYS_ioctl, C3_SIOCSIFFLAGS, ITS(LOOPBACK), 0, { EPERM, EINTR } },
	{ "socket", SYS_socket, ANY_ARGUMENT, ITS(LOOPBACK), 0, { EAFNOSUPPORT, ENOBUFS } },
	{ "sethostname", SYS_sethostname, ANY_ARGUMENT, ITS(HOSTNAME), 0, { EPERM } },
	{ "mount(private)",
	  SYS_mount,
	  C3_MS_REC | C3_MS_PRIVATE,
	  ITS(PRIVATE_MOUNTS),
	  0,
	  { ENOMEM, EINTR } },
	{ "mount(slave)", SYS_mount, C3_MS_REC | C3_MS_SLAVE, ITS(PIVOT_ROOT), 0, { ENOMEM } },
	{ "mount(proc)",
	  SYS_mount,
	  C3_MS_NOSUID | C3_MS_NODEV | C3_MS_NOEXEC,
	  ITS(PROC_MOUNT),
	  0,
	  { EPERM, EBUSY } },
	{ "move_mount", SYS_move_mount, ANY_ARGUMENT, ITS(MOUNTS), 0, { ELOOP, ENOMEM } },
	{ "pivot_root", SYS_pivot_root, ANY_ARGUMENT, ITS(PIVOT_ROOT), 0, { EBUSY } },
	{ "umount2", SYS_umount2, ANY_ARGUMENT, ITS(PIVOT_ROOT), 0, { EBUSY } },
	{ "chroot", SYS_chroot, ANY_ARGUMENT, ITS(ROOT), 0, { EPERM, ENOMEM } },
	{ "chdir",
	  SYS_chdir,
	  ANY_ARGUMENT,
	  ITS(ROOT) | ITS(CWD) | ITS(PIVOT_ROOT),
	  0,
	  { EACCES, ENOMEM } },
	{ "fchdir", SYS_fchdir, ANY_ARGUMENT, ITS(CWD_FD), 0, { EACCES } },
	{ "umask", SYS_umask, ANY_ARGUMENT, ITS(UMASK), 0, { EPERM } },
	{ "personality", SYS_personality, ANY_ARGUMENT, ITS(PERSONALITY), 0, { EPERM } },
	{ "keyctl",
	  SYS_keyctl,
	  C3_KEYCTL_JOIN_SESSION_KEYRING,
	  ITS(KEYRING),
	  0,
	  { EDQUOT, ENOMEM } },
	{ "prlimit64(get)", SYS_prlimit64, 0, ITS(RLIMITS), 0, { EPERM } },
	{ "prlimit64(set)", SYS_prlimit64, 1, ITS(RLIMITS), 0, { EPERM } },
	{ "getpriority", SYS_getpriority, ANY_ARGUMENT, ITS(NICE) | ITS(SCHEDULER), 0, { EPERM } },
	{ "setpriority", SYS_setpriority, ANY_ARGUMENT, ITS(NICE), 0, { EACCES, EPERM } },
	{ "sched_setattr", SYS_sched_setattr, ANY_ARGUMENT, ITS(SCHEDULER), 0, { EPERM, EBUSY } },
	{ "sched_getscheduler",
	  SYS_sched_getscheduler,
	  ANY_ARGUMENT,
	  ITS(SCHEDULER),
	  0,
	  { EPERM } },
	{ "sched_setaffinity",
	  SYS_sched_setaffinity,
	  ANY_ARGUMENT,
	  ITS(AFFINITY),
	  0,
	  { ENOMEM, EBUSY } },
	{ "ioprio_set", SYS_ioprio_set, ANY_ARGUMENT, ITS(IO_PRIORITY), 0, { EPERM, ENOMEM } },
	{ "setgroups", SYS_setgroups, ANY_ARGUMENT, ITS(GROUPS), 0, { ENOMEM, EPERM } },
	{ "setresgid", SYS_setresgid, ANY_ARGUMENT, ITS(GID), 0, { EPERM, ENOMEM } },
	{ "setresuid", SYS_setresuid, ANY_ARGUMENT, ITS(UID), 0, { EAGAIN, EPERM } },
	{ "landlock_restrict_self",
	  SYS_landlock_restrict_self,
	  ANY_ARGUMENT,
	  ITS(LANDLOCK),
	  0,
	  { E2BIG, ENOMEM } },
	{ "ptrace", SYS_ptrace, ANY_ARGUMENT, ITS(PTRACE_ME), 0, { EPERM } },
	{ "seccomp", SYS_seccomp, C3_SECCOMP_SET_MODE_FILTER, ITS(SECCOMP), 0, { ENOMEM, EAGAIN } },
	{ "prctl(GET_DUMPABLE)", SYS_prctl, PR_GET_DUMPABLE, 0, 0, { EPERM } },
	{ "prctl(SET_DUMPABLE, 0)",
	  SYS_prctl,
	  PRCTL(PR_SET_DUMPABLE, 0),
	  ITS(GID) | ITS(UID) | ITS(JOIN_NAMESPACES),
	  0,
	  { EPERM } },
	{ "prctl(SET_DUMPABLE, 1)", SYS_prctl, PRCTL(PR_SET_DUMPABLE, 1), 0, 0, { EPERM } },
	{ "prctl(SET_PDEATHSIG)",
	  SYS_prctl,
	  PR_SET_PDEATHSIG,
	  ITS(PARENT_DEATH_SIGNAL) | ITS_MAPS,
	  0,
	  { EPERM } },
	{ "prctl(SET_CHILD_SUBREAPER)",
	  SYS_prctl,
	  PR_SET_CHILD_SUBREAPER,
	  ITS(SUBREAPER),
	  0,
	  { EPERM } },
	{ "prctl(SET_TIMERSLACK)", SYS_prctl, PR_SET_TIMERSLACK, ITS(TIMER_SLACK), 0, { EPERM } },
	{ "prctl(SET_NO_NEW_PRIVS)",
	  SYS_prctl,
	  PR_SET_NO_NEW_PRIVS,
	  ITS(NO_NEW_PRIVS),
	  0,
	  { EPERM } },
	{ "prctl(SET_KEEPCAPS)",
	  SYS_prctl,
	  PR_SET_KEEPCAPS,
	  ITS(UID) | ITS(CAPABILITIES),
	  0,
	  { EPERM } },
	{ "prctl(GET_SECUREBITS)", SYS_prctl, PR_GET_SECUREBITS, ITS(UID), 0, { EPERM } },
	{ "prctl(SET_SECUREBITS)", SYS_prctl, PR_SET_SECUREBITS, ITS(CAPABILITIES), 0, { EPERM } },
	{ "prctl(CAPBSET_READ)", SYS_prctl, PR_CAPBSET_READ, ITS(CAPABILITIES), 0, { EPERM } },
	{ "prctl(CAPBSET_DROP)", SYS_prctl, PR_CAPBSET_DROP, ITS(CAPABILITIES), 0, { EPERM } },
	{ "prctl(AMBIENT_IS_SET)",
	  SYS_prctl,
	  PRCTL(PR_CAP_AMBIENT, 1),
	  ITS(CAPABILITIES),
	  0,
	  { EPERM } },
	{ "prctl(AMBIENT_RAISE)",
	  SYS_prctl,
	  PRCTL(PR_CAP_AMBIENT, 2),
	  ITS(CAPABILITIES),
	  0,
	  { EPERM } },
	{ "prctl(AMBIENT_CLEAR_ALL)",
	  SYS_prctl,
	  PRCTL(PR_CAP_AMBIENT, 4),
	  ITS(CAPABILITIES),
	  0,
	  { EPERM } },
	{ "prctl(GET_TID_ADDRESS)", SYS_prctl, PR_GET_TID_ADDRESS, 0, 0, { EINVAL } },
	{ "gettid", SYS_gettid, ANY_ARGUMENT, 0, 0, { EPERM } },
	{ "futex(CMP_REQUEUE_PRIVATE)", SYS_futex, C3_FUTEX_CMP_REQUEUE_PRIVATE, 0, 0, { EAGAIN } },
	{ "pidfd_send_signal", SYS_pidfd_send_signal, ANY_ARGUMENT, 0, 0, { EPERM, EAGAIN } },
	{ "pidfd_getfd", SYS_pidfd_getfd, ANY_ARGUMENT, 0, 0, { EPERM, EMFILE } },
	{ "ioctl(PIDFD_GET_INFO)", SYS_ioctl, C3_PIDFD_GET_INFO, 0, 0, { EREMOTE, EPERM } },
	{ "ioctl(PIDFD_GET_UTS_NAMESPACE)",
	  SYS_ioctl,
	  C3_PIDFD_GET_UTS_NAMESPACE,
	  0,
	  0,
	  { EPERM, EMFILE } },
	{ "landlock_create_ruleset",
	  SYS_landlock_create_ruleset,
	  ANY_ARGUMENT,
	  0,
	  0,
	  { EOPNOTSUPP } },
	{ "seccomp(GET_ACTION_AVAIL)",
	  SYS_seccomp,
	  C3_SECCOMP_GET_ACTION_AVAIL,
	  0,
	  0,
	  { EOPNOTSUPP } },
	{ "keyctl(GET_KEYRING_ID)", SYS_keyctl, C3_KEYCTL_GET_KEYRING_ID, 0, 0, { EPERM } },
	{ "pidfd_open", SYS_pidfd_open, ANY_ARGUMENT, ITS(CLONE), 0, { EMFILE, ENOMEM } },
	{ "tgkill", SYS_tgkill, ANY_ARGUMENT, 0, TIMED, { EPERM, EAGAIN } },
	{ "futex(WAKE)", SYS_futex, RAW_FUTEX_WAKE, ITS_MAPS, AFTER, { EPERM } },
	{ "futex(WAKE_PRIVATE)", SYS_futex, RAW_FUTEX_WAKE | 128, 0, AFTER, { EPERM } },
	{ "futex(WAIT)", SYS_futex, RAW_FUTEX_WAIT, ITS_MAPS, TIMED, { EINTR, EAGAIN } },
	{ "clock_gettime", SYS_clock_gettime, ANY_ARGUMENT, ITS_MAPS, TIMED, { EPERM } },
	{ "sched_yield", SYS_sched_yield, ANY_ARGUMENT, ITS_MAPS, TIMED, { EPERM } },
	{ "ppoll", SYS_ppoll, ANY_ARGUMENT, 0, TIMED, { EINTR, ENOMEM } },
	{ "waitid(look)", SYS_waitid, WEXITED | WNOHANG | WNOWAIT, 0, 0, { EPERM, EINTR } },
	{ "waitid(look, __WALL)",
	  SYS_waitid,
	  WEXITED | WNOHANG | WNOWAIT | __WALL,
	  0,
	  0,
	  { EINTR } },
	{ "waitid(reap, WNOHANG)", SYS_waitid, WEXITED | WNOHANG | __WALL, 0, 0, { EINTR } },
	{ "waitid(reap)", SYS_waitid, WEXITED | __WALL, 0, 0, { EINTR } },
};

static inline const struct known_call *known_call(const struct place *place)
{
	for (size_t i = 0; i < sizeof(known_calls) / sizeof(known_calls[0]); i++)
		if (known_calls[i].number == place->number &&
		    (known_calls[i].argument == ANY_ARGUMENT ||
		     known_calls[i].argument == (uint32_t)place->argument))
			return &known_calls[i];
	return NULL;
}

static inline bool belongs_here(const struct known_call *known, const struct place *place)
{
	uint64_t step = place->step ? place->step : BIRTH;

	return place->who < WHO_CHILD || (step & known->steps) == step;
}

/*
 * What must come back of a fault. Without a rule: its errno, told of the step that the child is in,
 * or of the caller's clone. AS_BEFORE: what came back without it. BY_OTHER_MEANS: that, perhaps with
 * steps told as emulated. WORKS: success, though it would fail without. DIES: the caller with its
 * thread.
 */
enum verdict { TOLD, TOLD_OF_MAP, AS_BEFORE, BY_OTHER_MEANS, WORKS, DIES };

struct rule {
	enum faults_who who; /* a nested child is like a child */
	uint64_t step;       /* or the caller's phase; ANY_STEP */
	long number;
	uint64_t argument;
	int nth;   /* from 1; 0: each */
	int error; /* 0: whichever */
	enum verdict verdict;
	int told;           /* if it is not the fault's */
	uint64_t told_step; /* or one of these */
	int left;           /* what may be: LEFT_* */
	const char *why;
	const char *only; /* in scenarios with this in their name */
	uint64_t plan;    /* in those with one of these steps */
};

struct walk_of_faults {
	const char *name;
	void (*body)(const void *scenario, struct outcome *outcome);
	const void *scenario;
	const struct rule *rules;
	size_t rule_count;
	uint64_t steps;
	bool by_hand;      /* the clone is an older one, and does nothing else */
	bool is_spawn;     /* the child's calls count, too, and who makes one is killed */
	uint64_t optional; /* a step that may be left out: only what fails in it is tried */
	bool is_fresh; /* the caller's and the helper's calls are tried though they were in another */
};

static struct run walk_run;
static struct place walk_calls[FAULTS_CALLS]; /* of the run without faults */
static size_t walk_count;
static struct outcome walk_outcome;
static int walk_scenarios, walk_errors, walk_kills, walk_missed, walk_hangs;
#define WALK_MOST_HANGS 3 /* the rest is not tried then: each takes its time */

/* Kinds of faults that were tried: not again in another scenario. */
#define WALK_TRIED 16384
static struct fault walk_tried[WALK_TRIED];
static size_t walk_tried_count;

static inline bool walk_was_tried(const struct fault *fault)
{
	for (size_t i = 0; i < walk_tried_count; i++)
		if (same_kind(&walk_tried[i].place, &fault->place) &&
		    walk_tried[i].place.nth == fault->place.nth &&
		    walk_tried[i].way == fault->way && walk_tried[i].error == fault->error)
			return true;
	if (walk_tried_count < WALK_TRIED)
		walk_tried[walk_tried_count++] = *fault;
	return false;
}

/* musl has no names for errnos. */
static inline const char *error_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" },
		{ ENOENT, "ENOENT" },
		{ ESRCH, "ESRCH" },
		{ EINTR, "EINTR" },
		{ EIO, "EIO" },
		{ E2BIG, "E2BIG" },
		{ EBADF, "EBADF" },
		{ ECHILD, "ECHILD" },
		{ EAGAIN, "EAGAIN" },
		{ ENOMEM, "ENOMEM" },
		{ EACCES, "EACCES" },
		{ EBUSY, "EBUSY" },
		{ ENODEV, "ENODEV" },
		{ EINVAL, "EINVAL" },
		{ EMFILE, "EMFILE" },
		{ ENOTTY, "ENOTTY" },
		{ ENOSYS, "ENOSYS" },
		{ ELOOP, "ELOOP" },
		{ EREMOTE, "EREMOTE" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
		{ EDQUOT, "EDQUOT" },
		{ ENOBUFS, "ENOBUFS" },
		{ ECANCELED, "ECANCELED" },
		{ EAFNOSUPPORT, "EAFNOSUPPORT" },
		{ ETIMEDOUT, "ETIMEDOUT" },
	};
	static char number[24];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	snprintf(number, sizeof(number), "errno %d", error);
	return number;
}

static inline const char *place_text(const struct place *place)
{
	static const char *const phases[] = { "before", "after", "failed" };
	static char text[128];
	const struct known_call *known = known_call(place);
	const char *step = "birth";
	char number[32];

	snprintf(number, sizeof(number), "call %ld(%llu)", place->number,
		 (unsigned long long)place->argument);
	if (place->who == WHO_CALLER)
		step = phases[place->step];
	else if (place->who == WHO_HELPER)
		step = "maps";
	else if (place->step)
		step = clone3_step_name(place->step);
	snprintf(text, sizeof(text), "%s, %s, %s #%d", faults_who_names[place->who],
		 step ? step : "?", known ? known->name : number, place->nth + 1);
	return text;
}

static inline const char *outcome_text(const struct outcome *outcome)
{
	static char text[512];
	const char *step = clone3_step_name(outcome->child.failed_step);

	if (!outcome->ended)
		return "nothing came back";
	if (outcome->result >= 0)
		snprintf(text, sizeof(text), "success%s%s",
			 outcome->child.emulated ? " by other means" : "",
			 outcome->child.omitted ? " without it" : "");
	else
		snprintf(text, sizeof(text), "%s of %s", error_name(-outcome->result),
			 step ? step : "the call");
	return text;
}

static inline const struct rule *rule_for(const struct walk_of_faults *walk,
					  const struct fault *fault)
{
	const struct place *place = &fault->place;
	enum faults_who who = place->who == WHO_NESTED ? WHO_CHILD : place->who;

	for (size_t i = 0; i < walk->rule_count; i++) {
		const struct rule *rule = &walk->rules[i];

		if (rule->who == who &&
		    (rule->number == ANY_NUMBER || rule->number == place->number) &&
		    (!rule->plan || rule->plan & walk->steps) &&
		    (!rule->only || strstr(walk->name, rule->only)) &&
		    (rule->step == ANY_STEP || rule->step == place->step) &&
		    (rule->argument == ANY_ARGUMENT ||
		     rule->argument == (uint32_t)place->argument) &&
		    (!rule->nth || rule->nth == place->nth + 1) &&
		    (!rule->error || rule->error == fault->error))
			return rule;
	}
	return NULL;
}

/* Only of an array's step the index says more than 0. */
#define ARRAYS (ITS(JOIN_NAMESPACES) | ITS(MOUNTS) | ITS(FDS) | ITS(RLIMITS))

static inline bool is_told(const struct outcome *outcome, int error, uint64_t steps)
{
	return outcome->result == -error && outcome->child.error == error &&
	       (outcome->child.failed_index == 0 || outcome->child.failed_step & ARRAYS) &&
	       outcome->child.failed_step && !(outcome->child.failed_step & ~steps) &&
	       outcome->child.pid == -1 && outcome->child.pidfd == -1;
}

static inline bool is_as(const struct outcome *outcome, const struct outcome *before)
{
	return outcome->result == before->result &&
	       outcome->child.failed_step == before->child.failed_step &&
	       outcome->child.failed_index == before->child.failed_index;
}

/* The step that a child's death or failure in @step is told of. */
static inline uint64_t told_step(const struct walk_of_faults *walk, uint64_t step)
{
	if (!step)
		return walk->steps & CLONE3_STEP_CGROUP && !walk->by_hand ? CLONE3_STEP_CGROUP :
									    CLONE3_STEP_CLONE;
	if (step == CLONE3_STEP_SIGNAL_MASK && !(walk->steps & step))
		return CLONE3_STEP_EXEC;
	return step;
}

/* A child that cannot exit traps. Before Linux 5.16 all that share its memory dump core with it. */
static inline bool trap_kills_caller(void)
{
	struct utsname system;
	int version = 0, patchlevel = 0;

	uname(&system);
	sscanf(system.release, "%d.%d", &version, &patchlevel);
	return version < 5 || (version == 5 && patchlevel < 16);
}

/* @before: what came back without the last fault. */
static inline bool is_right(const struct walk_of_faults *walk, const struct fault *fault,
			    const struct rule *rule, const struct outcome *before)
{
	static const uint64_t maps[] = { CLONE3_STEP_DENY_SETGROUPS, CLONE3_STEP_UID_MAP,
					 CLONE3_STEP_GID_MAP };
	const struct outcome *outcome = walk_run.outcome;
	enum faults_who who = fault->place.who;
	uint64_t step = CLONE3_STEP_CLONE;

	if (fault->way == FAULT_KILL && who < WHO_CHILD)
		return !outcome->ended;
	if (fault->way == FAULT_KILL) /* it is about to end anyway, and others are told of */
		return fault->place.number == SYS_exit_group || fault->place.number == SYS_exit ?
			       is_as(outcome, before) :
			       is_told(outcome, ECANCELED, told_step(walk, fault->place.step));
	if (rule && rule->verdict == DIES)
		return !outcome->ended;
	if (fault->place.number == SYS_exit && who >= WHO_CHILD && trap_kills_caller())
		return true;
	if (rule && rule->verdict == WORKS)
		return outcome->result >= 0;
	if (rule && rule->verdict == AS_BEFORE)
		return is_as(outcome, before) && outcome->child.emulated == before->child.emulated;
	if (rule && rule->verdict == BY_OTHER_MEANS)
		return is_as(outcome, before) &&
		       !(before->child.emulated & ~outcome->child.emulated);
	if (!walk->is_spawn)
		return outcome->result == -(rule && rule->told ? rule->told : fault->error);
	if (who >= WHO_CHILD)
		step = told_step(walk, fault->place.step);
	if (rule && rule->verdict == TOLD_OF_MAP)
		step = maps[fault->place.nth];
	if (rule && rule->told_step)
		step = rule->told_step;
	if (step & walk->optional)
		return outcome->result == 0 && outcome->child.omitted == step;
	return is_told(outcome, rule && rule->told ? rule->told : fault->error, step);
}

static inline int what_is_left(const struct walk_of_faults *walk, const struct fault *fault,
			       const struct rule *rule, const struct outcome *before)
{
	const struct outcome *outcome = walk_run.outcome;
	int left = outcome->left;

	if (outcome->mapped > walk_outcome.mapped && outcome->mapped > before->mapped)
		left |= LEFT_MAPPING;
	if (rule)
		left &= ~rule->left;
	if (!walk->is_spawn) /* its child may be there */
		left &= ~LEFT_TASK;
	return fault->place.who < WHO_CHILD && fault->way == FAULT_KILL ? 0 : left;
}

/* The last of the faults is judged; @before: what came back without it. */
static inline bool walk_judge(const struct walk_of_faults *walk, const struct fault *faults,
			      size_t count, const struct outcome *before)
{
	const struct fault *fault = &faults[count - 1];
	const struct rule *rule = fault->way == FAULT_KILL ? NULL : rule_for(walk, fault);
	const struct outcome *outcome = walk_run.outcome;
	int left = what_is_left(walk, fault, rule, before);
	char first[256] = "";
	bool passed;

	walk_hangs += walk_run.hangs;
	if (count > 1)
		snprintf(first, sizeof(first), "%s: %s; then ", place_text(&faults[0].place),
			 error_name(faults[0].error));
	passed = ok(!walk_run.hangs && !outcome->wrong[0] && !left &&
			    is_right(walk, fault, rule, before),
		    "%s: %s%s: %s: %s%s%s", walk->name, first, place_text(&fault->place),
		    fault->way == FAULT_KILL ? "killed" : error_name(fault->error),
		    outcome_text(outcome), rule && rule->why ? ": " : "",
		    rule && rule->why ? rule->why : "");
	if (!passed)
		printf("# hangs %d, left %d, %s; index %u, emulated %llx\n", walk_run.hangs, left,
		       outcome->wrong, outcome->child.failed_index,
		       (unsigned long long)outcome->child.emulated);
	return passed;
}

/* A run with these faults. False: it did not come to all of them. */
static inline bool walk_with(const struct walk_of_faults *walk, const struct fault *faults,
			     size_t count)
{
	for (int tries = 0; tries < 5; tries++) {
		faults_run(&walk_run, faults, count, walk->body, walk->scenario);
		if (walk_run.reached == count)
			return true;
	}
	return false;
}

/* Whether a call is one of the run without faults. */
static inline bool is_usual(const struct place *place)
{
	for (size_t i = 0; i < walk_count; i++)
		if (same_kind(&walk_calls[i], place))
			return true;
	return false;
}

static inline void walk_fault(const struct walk_of_faults *walk, struct fault *faults, size_t count,
			      const struct outcome *before);

/* The calls that come only with the first fault. */
static inline void walk_further(const struct walk_of_faults *walk, const struct fault *first)
{
	static struct place calls[FAULTS_CALLS];
	struct outcome before = *walk_run.outcome;
	size_t count = walk_run.count;
	bool has_failed = false;

	memcpy(calls, walk_run.calls, sizeof(calls[0]) * count);
	for (size_t i = 0; i < count; i++) {
		struct place *place = &calls[i];
		const struct known_call *known = known_call(place);

		if (!has_failed) {
			has_failed = same_kind(place, &first->place) &&
				     place->nth == first->place.nth;
			continue;
		}
		if (is_usual(place) || place->nth > 0 ||
		    (!walk->is_spawn && place->who != WHO_CALLER))
			continue;
		if (!known) {
			ok(false, "%s: %s is not known", walk->name, place_text(place));
			continue;
		}
		if (!belongs_here(known, place))
			ok(false, "%s: %s does not belong there", walk->name, place_text(place));
		for (size_t j = 0; j < FAULTS_ERRORS && known->errors[j]; j++) {
			struct fault faults[2] = {
				*first,
				{ *place, known->flags & AFTER ? FAULT_ERROR_AFTER : FAULT_ERROR,
				  known->errors[j] }
			};

			walk_fault(walk, faults, 2, &before);
		}
	}
}

/* Whether it need not come again: who waits looks as often as it takes. */
static inline bool is_a_matter_of_time(const struct place *place)
{
	return known_call(place)->flags & TIMED ||
	       (place->who == WHO_CALLER && place->step == PHASE_AFTER && place->nth > 0);
}

static inline void walk_fault(const struct walk_of_faults *walk, struct fault *faults, size_t count,
			      const struct outcome *before)
{
	const struct fault *fault = &faults[count - 1];

	if (walk_hangs >= WALK_MOST_HANGS)
		return;
	if (!walk->optional && fault->way != FAULT_KILL && walk_was_tried(fault) &&
	    !(walk->is_fresh && fault->place.who < WHO_CHILD && count == 1))
		return;
	if (!walk_with(walk, faults, count)) {
		walk_missed++;
		ok(is_a_matter_of_time(&fault->place), "%s: %s did not come again", walk->name,
		   place_text(&fault->place));
		return;
	}
	if (fault->way == FAULT_KILL)
		walk_kills++;
	else
		walk_errors++;
	walk_judge(walk, faults, count, before);
	if (count == 1 && fault->way != FAULT_KILL && !walk->optional)
		walk_further(walk, fault);
}

/* The last one of its kind in the run without faults. */
static inline bool is_last(size_t call)
{
	for (size_t i = call + 1; i < walk_count; i++)
		if (same_kind(&walk_calls[i], &walk_calls[call]))
			return false;
	return true;
}

/* Of a long row of the same call the first four and the last. */
static inline bool is_worth_it(size_t call, const struct known_call *known)
{
	int nth = walk_calls[call].nth;

	return nth == 0 || (!(known->flags & TIMED) && (nth < 4 || is_last(call)));
}

/* One scenario, which may fail as a whole: what @must_succeed says. @lacking: and be skipped then. */
static inline void walk_scenario(const struct walk_of_faults *walk, bool must_succeed, int lacking)
{
	char name[128];

	snprintf(name, sizeof(name), "%s/%s", program_invocation_short_name, walk->name);
	if (!walk_run.outcome)
		walk_run.outcome = shared_memory(sizeof(*walk_run.outcome));
	faults_run(&walk_run, NULL, 0, walk->body, walk->scenario);
	walk_outcome = *walk_run.outcome;
	if (!walk->is_spawn)
		walk_outcome.left &= ~LEFT_TASK;
	if (!walk_outcome.ended || walk_run.hangs || walk_outcome.wrong[0] || walk_outcome.left ||
	    (walk_outcome.result < 0 && must_succeed)) {
		if (must_succeed && geteuid() != 0 && walk_outcome.result < 0 &&
		    !walk_outcome.wrong[0]) {
			skip(name, "needs rights");
			return;
		}
		if (lacking && walk_outcome.result == lacking && !walk_outcome.wrong[0]) {
			skip(name, "the kernel lacks it");
			return;
		}
		ok(false, "%s: without a fault: %s", walk->name, outcome_text(&walk_outcome));
		printf("# hangs %d, left %d, %s\n", walk_run.hangs, walk_outcome.left,
		       walk_outcome.wrong);
		return;
	}
	walk_scenarios++;
	walk_count = walk_run.count;
	memcpy(walk_calls, walk_run.calls, sizeof(walk_calls[0]) * walk_count);
	ok(true, "%s: without a fault: %zu calls: %s", walk->name, walk_count,
	   outcome_text(&walk_outcome));
	for (size_t i = 0; i < walk_count; i++) {
		const struct place *place = &walk_calls[i];
		const struct known_call *known = known_call(place);
		struct fault fault = { .place = *place };

		if (!known) {
			ok(false, "%s: %s is not known", walk->name, place_text(place));
			continue;
		}
		if (!belongs_here(known, place))
			ok(false, "%s: %s does not belong there", walk->name, place_text(place));
		if (walk->optional && (place->who == WHO_CALLER || place->step != walk->optional))
			continue;
		if (!is_worth_it(i, known) || (!walk->is_spawn && place->who != WHO_CALLER))
			continue;
		fault.way = known->flags & AFTER ? FAULT_ERROR_AFTER : FAULT_ERROR;
		for (size_t j = 0; j < FAULTS_ERRORS && known->errors[j]; j++) {
			fault.error = known->errors[j];
			walk_fault(walk, &fault, 1, &walk_outcome);
		}
		if (!walk->is_spawn || walk->optional)
			continue;
		fault.way = FAULT_KILL;
		fault.error = 0;
		walk_fault(walk, &fault, 1, &walk_outcome);
	}
}

#endif
