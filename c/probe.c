/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What clone3 can do here, found out without creating a process. */
#include "clone/clone.h"
#include "spawn/spawn.h"
#include "text.h"

/* What every kernel with clone3 knows, once namespaces are set aside. */
#define C3_FIRST_FLAGS (0xffffff00ULL & ~(CLONE3_DETACHED | C3_NAMESPACE_FLAGS))

/* Sharing makes a question cheap: little is copied before the answer. */
#define C3_LEAN (CLONE3_VM | CLONE3_FS | CLONE3_FILES | CLONE3_SYSVSEM | CLONE3_IO)

/* Namespaces: /proc tells at once, where making one only to ask costs up to 0.3 ms. */
static const struct {
	uint64_t flag;
	uint64_t without; /* what it cannot be combined with */
	const char *path;
} namespaces[] = {
	{ CLONE3_NEWNS, CLONE3_FS, "/proc/self/ns/mnt" },
	{ CLONE3_NEWCGROUP, 0, "/proc/self/ns/cgroup" },
	{ CLONE3_NEWUTS, 0, "/proc/self/ns/uts" },
	{ CLONE3_NEWIPC, CLONE3_SYSVSEM, "/proc/self/ns/ipc" },
	{ CLONE3_NEWUSER, CLONE3_FS, "/proc/self/ns/user" },
	{ CLONE3_NEWPID, 0, "/proc/self/ns/pid" },
	{ CLONE3_NEWNET, 0, "/proc/self/ns/net" },
};

/* Flags that came after the first clone3, with what each needs or cannot be combined with. */
static const struct {
	uint64_t flag;
	uint64_t besides;
	uint64_t without;
} newer[] = {
	{ CLONE3_NEWTIME, 0, 0 },
	{ CLONE3_CLEAR_SIGHAND, 0, 0 },
	{ CLONE3_INTO_CGROUP, 0, 0 },
	{ CLONE3_AUTOREAP, 0, 0 },
	{ CLONE3_NNP, 0, 0 },
	{ CLONE3_PIDFD_AUTOKILL, CLONE3_AUTOREAP | CLONE3_NNP, 0 },
	{ CLONE3_EMPTY_MNTNS, 0, CLONE3_FS },
};

/*
 * Whether the kernel knows the flags. The pidfd is to be stored nowhere, which fails, after all
 * checks of the flags and before the task can run. EINVAL: unknown. Any other errno, a missing
 * right's for instance, comes from a kernel that looked further.
 */
static int knows(uint64_t flags, uint64_t without)
{
	struct clone3_args args = {
		.flags = (C3_LEAN | CLONE3_PIDFD | flags) & ~without,
		.pidfd = C3_NOWHERE,
		.cgroup = INT32_MAX,
	};
	size_t size = flags & CLONE3_INTO_CGROUP ? CLONE3_ARGS_SIZE_VER2 : CLONE3_ARGS_SIZE_VER0;
	long result = c3_syscall2(C3_NR_clone3, c3_address(&args), (long)size);

	return result != -EINVAL && result != -E2BIG;
}

/* Whether the kernel knows the struct up to @size. No signal is so high: what passes ends there. */
static int knows_size(size_t size)
{
	struct clone3_args args = { .exit_signal = ~0ULL, .set_tid_size = 1, .cgroup = 1 };

	return c3_syscall2(C3_NR_clone3, c3_address(&args), (long)size) != -E2BIG;
}

static int exists(const char *path)
{
	return c3_syscall3(C3_NR_faccessat, C3_AT_FDCWD, c3_address(path), 0) == 0;
}

/* A kernel without cgroups ignores INTO_CGROUP. Where /proc does not tell, they are expected. */
static int has_cgroup2(void)
{
	char text[4096];
	size_t length = 0;
	long got;
	int fd = c3_openat(C3_AT_FDCWD, "/proc/filesystems", C3_O_RDONLY);

	if (fd < 0)
		return 1;
	while ((got = c3_read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	c3_close(fd);
	text[length] = 0;
	return c3_find(text, "\tcgroup2\n") != NULL;
}

/* The steps that any kernel from 5.4 on takes, and with it this library. */
#define C3_FIRST_STEPS                                                                             \
	(CLONE3_STEP_IGNORE_SIGNALS | CLONE3_STEP_DEFAULT_SIGNALS | CLONE3_STEP_SESSION |          \
	 CLONE3_STEP_JOIN_NAMESPACES | CLONE3_STEP_PROCESS_GROUP | CLONE3_STEP_CONTROLLING_TTY |   \
	 CLONE3_STEP_FOREGROUND | CLONE3_STEP_ROOT | CLONE3_STEP_UMASK | CLONE3_STEP_PERSONALITY | \
	 CLONE3_STEP_SUBREAPER | CLONE3_STEP_TIMER_SLACK | CLONE3_STEP_NICE |                      \
	 CLONE3_STEP_SCHEDULER | CLONE3_STEP_AFFINITY | CLONE3_STEP_IO_PRIORITY |                  \
	 CLONE3_STEP_FDS | CLONE3_STEP_RLIMITS | CLONE3_STEP_CAPABILITIES | CLONE3_STEP_GROUPS |   \
	 CLONE3_STEP_GID | CLONE3_STEP_UID | CLONE3_STEP_CWD | CLONE3_STEP_CWD_FD |                \
	 CLONE3_STEP_PARENT_DEATH_SIGNAL | CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_SIGNAL_MASK |    \
	 CLONE3_STEP_PTRACE_ME | CLONE3_STEP_EXEC_FD)

/* The steps that the clone takes, and what each asks of it. */
static const struct {
	uint64_t step;
	uint64_t flags;
} clone_steps[] = {
	{ CLONE3_STEP_CGROUP, CLONE3_INTO_CGROUP },
	{ CLONE3_STEP_AUTO_REAP, CLONE3_AUTOREAP },
	{ CLONE3_STEP_KILL_ON_CLOSE, CLONE3_AUTOREAP | CLONE3_NNP | CLONE3_PIDFD_AUTOKILL },
};

/* Asked with arguments that change nothing. */
static uint64_t steps_here(uint64_t flags, uint32_t args_size)
{
	const uint32_t action = C3_SECCOMP_RET_ALLOW;
	uint64_t steps = C3_FIRST_STEPS;
	long answer;

	for (size_t i = 0; i < sizeof(clone_steps) / sizeof(clone_steps[0]); i++)
		if ((flags & clone_steps[i].flags) == clone_steps[i].flags)
			steps |= clone_steps[i].step;
	if (args_size >= CLONE3_ARGS_SIZE_VER1)
		steps |= CLONE3_STEP_SET_TID;
	if (flags & C3_NAMESPACE_FLAGS)
		steps |= CLONE3_STEP_NAMESPACES;
	for (uint64_t step = 1; step & C3_STEPS_KNOWN; step <<= 1) {
		uint64_t kinds = c3_step(step)->namespaces;

		if (kinds && (flags & kinds) == kinds)
			steps |= step;
	}
	if (c3_syscall5(C3_NR_move_mount, -1, c3_address(""), -1, c3_address(""),
			C3_MOVE_MOUNT_F_EMPTY_PATH) == -ENOSYS)
		steps &= ~CLONE3_STEP_MOUNTS;
	if (exists("/proc/self/oom_score_adj"))
		steps |= CLONE3_STEP_OOM_SCORE_ADJ;
	if (c3_syscall3(C3_NR_close_range, UINT32_MAX, UINT32_MAX, C3_CLOSE_RANGE_CLOEXEC) == 0)
		steps |= CLONE3_STEP_CLOSE_OTHERS;
	if (c3_syscall3(C3_NR_landlock_create_ruleset, 0, 0, C3_LANDLOCK_CREATE_RULESET_VERSION) >
	    0)
		steps |= CLONE3_STEP_LANDLOCK;
	if (c3_syscall3(C3_NR_seccomp, C3_SECCOMP_GET_ACTION_AVAIL, 0, c3_address(&action)) == 0)
		steps |= CLONE3_STEP_SECCOMP;
	answer = c3_syscall3(C3_NR_keyctl, C3_KEYCTL_GET_KEYRING_ID, C3_KEY_SPEC_SESSION_KEYRING,
			     0);
	if (answer != -ENOSYS && answer != -EPERM)
		steps |= CLONE3_STEP_KEYRING;
	return steps;
}

int clone3_probe(struct clone3_support *support)
{
	uint64_t size;
	uint64_t flags = C3_FIRST_FLAGS;
	int by_clone3;
	int has_proc;
	long answer;
	int error;

	if (!support)
		return -EINVAL;
	size = support->size;
	error = c3_versioned_size(support, size, sizeof(*support), CLONE3_SUPPORT_SIZE_VER0);
	if (error)
		return error;
	*support = (struct clone3_support){ .size = size };

	answer = c3_syscall2(C3_NR_clone3, 0, 0);
	if (answer != -EINVAL) {
		support->clone3_error = (int32_t)-answer;
		if (answer != -ENOSYS && answer != -EPERM)
			return 0; /* nothing works: c3_create() falls back for these two alone */
	} else {
		support->args_size = knows_size(CLONE3_ARGS_SIZE_VER2) ? CLONE3_ARGS_SIZE_VER2 :
				     knows_size(CLONE3_ARGS_SIZE_VER1) ? CLONE3_ARGS_SIZE_VER1 :
									 CLONE3_ARGS_SIZE_VER0;
	}
	/* A sandbox without pidfds refuses every question. It, and clone(2), know the first flags. */
	by_clone3 = answer == -EINVAL && knows(0, 0);
	if (answer == -EINVAL && !by_clone3)
		flags &= ~CLONE3_PIDFD;

	has_proc = exists("/proc/self/ns");
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if (has_proc ? exists(namespaces[i].path) :
			       !by_clone3 || knows(namespaces[i].flag, namespaces[i].without))
			flags |= namespaces[i].flag;
	for (size_t i = 0; by_clone3 && i < sizeof(newer) / sizeof(newer[0]); i++)
		if (knows(newer[i].flag | newer[i].besides, newer[i].without))
			flags |= newer[i].flag;
	if (flags & CLONE3_INTO_CGROUP && !has_cgroup2())
		flags &= ~CLONE3_INTO_CGROUP;
	support->flags = flags;
	support->steps = steps_here(flags, support->args_size);
	return 0;
}
