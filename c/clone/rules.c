/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel's fixed rules for clone3's arguments, up to Linux 7.1, as one table. */
#include "clone.h"

/* Every flag but DETACHED, which clone3 never accepted. */
#define C3_KNOWN_FLAGS                                                                             \
	(CLONE3_NEWTIME | (0xffffff00ULL & ~CLONE3_DETACHED) | CLONE3_CLEAR_SIGHAND |              \
	 CLONE3_INTO_CGROUP | CLONE3_AUTOREAP | CLONE3_NNP | CLONE3_PIDFD_AUTOKILL |               \
	 CLONE3_EMPTY_MNTNS)

#define C3_MAX_SET_TID 32 /* MAX_PID_NS_LEVEL */

static int set_tid_too_long(const struct clone3_args *args, size_t size)
{
	(void)size;
	return args->set_tid_size > C3_MAX_SET_TID;
}

static int set_tid_is_half(const struct clone3_args *args, size_t size)
{
	(void)size;
	return (args->set_tid != 0) != (args->set_tid_size != 0);
}

static int no_such_signal(const struct clone3_args *args, size_t size)
{
	(void)size;
	return args->exit_signal > C3_NSIG;
}

static int has_exit_signal(const struct clone3_args *args, size_t size)
{
	(void)size;
	return args->exit_signal != 0;
}

static int no_cgroup_member(const struct clone3_args *args, size_t size)
{
	(void)args;
	return size < CLONE3_ARGS_SIZE_VER2;
}

static int cgroup_is_no_descriptor(const struct clone3_args *args, size_t size)
{
	(void)size;
	return args->cgroup > INT32_MAX;
}

static int unknown_flag(const struct clone3_args *args, size_t size)
{
	(void)size;
	return (args->flags & ~(C3_KNOWN_FLAGS | CLONE3_DETACHED)) != 0;
}

static int stack_is_half(const struct clone3_args *args, size_t size)
{
	(void)size;
	return (args->stack != 0) != (args->stack_size != 0);
}

static int stack_outside_user_space(const struct clone3_args *args, size_t size)
{
	(void)size;
	return args->stack > C3_USER_END || args->stack_size > C3_USER_END - args->stack;
}

static int same_place_for_tid(const struct clone3_args *args, size_t size)
{
	(void)size;
	return args->pidfd == args->parent_tid;
}

/*
 * A rule is broken when all flags of @with are set, none of @without is, and @broken, if there is
 * one, says so. Sources: kernel/fork.c copy_clone_args_from_user(), clone3_args_valid(),
 * kernel_clone() and copy_process(), kernel/nsproxy.c copy_namespaces().
 */
static const struct {
	uint64_t with;
	uint64_t without;
	int (*broken)(const struct clone3_args *args, size_t size);
	const char *reason;
} rules[] = {
	{ 0, 0, set_tid_too_long,
	  "set_tid_size is above 32, the deepest nesting of pid namespaces" },
	{ 0, 0, set_tid_is_half, "set_tid and set_tid_size must both be zero or both be nonzero" },
	{ 0, 0, no_such_signal, "exit_signal is no signal number: 0 to 64" },
	{ CLONE3_INTO_CGROUP, 0, no_cgroup_member,
	  "CLONE_INTO_CGROUP needs the cgroup member: a size of 88 or more" },
	{ CLONE3_INTO_CGROUP, 0, cgroup_is_no_descriptor,
	  "CLONE_INTO_CGROUP needs a descriptor in cgroup: it is negative or above INT_MAX" },
	{ 0, 0, unknown_flag,
	  "flags has a bit that no kernel up to Linux 7.1 knows; an exit signal "
	  "belongs into exit_signal" },
	{ CLONE3_DETACHED, 0, NULL, "CLONE_DETACHED is obsolete and always refused" },
	{ CLONE3_SIGHAND | CLONE3_CLEAR_SIGHAND, 0, NULL,
	  "CLONE_SIGHAND shares the handlers that CLONE_CLEAR_SIGHAND would reset" },
	{ CLONE3_THREAD, 0, has_exit_signal, "CLONE_THREAD needs exit_signal 0" },
	{ CLONE3_PARENT, 0, has_exit_signal,
	  "CLONE_PARENT needs exit_signal 0: the child takes its creator's" },
	{ 0, 0, stack_is_half, "stack and stack_size must both be zero or both be nonzero" },
	{ 0, 0, stack_outside_user_space, "the stack is not within user space" },
	{ CLONE3_PIDFD | CLONE3_PARENT_SETTID, 0, same_place_for_tid,
	  "CLONE_PIDFD and CLONE_PARENT_SETTID would write to the same address" },
	{ CLONE3_NEWNS | CLONE3_FS, 0, NULL,
	  "CLONE_NEWNS cannot share root and directory: CLONE_FS" },
	{ CLONE3_EMPTY_MNTNS | CLONE3_FS, 0, NULL,
	  "CLONE_EMPTY_MNTNS cannot share root and directory: CLONE_FS" },
	{ CLONE3_NEWUSER | CLONE3_FS, 0, NULL,
	  "CLONE_NEWUSER cannot share root and directory: CLONE_FS" },
	{ CLONE3_THREAD, CLONE3_SIGHAND, NULL, "CLONE_THREAD needs CLONE_SIGHAND" },
	{ CLONE3_SIGHAND, CLONE3_VM, NULL, "CLONE_SIGHAND needs CLONE_VM" },
	{ CLONE3_THREAD | CLONE3_NEWUSER, 0, NULL,
	  "CLONE_THREAD cannot have a user namespace of its own: CLONE_NEWUSER" },
	{ CLONE3_THREAD | CLONE3_NEWPID, 0, NULL,
	  "CLONE_THREAD cannot have a pid namespace of its own: CLONE_NEWPID" },
	{ CLONE3_AUTOREAP | CLONE3_THREAD, 0, NULL,
	  "CLONE_AUTOREAP is for processes, not for CLONE_THREAD" },
	{ CLONE3_AUTOREAP | CLONE3_PARENT, 0, NULL,
	  "CLONE_AUTOREAP cannot be combined with CLONE_PARENT" },
	{ CLONE3_AUTOREAP, 0, has_exit_signal, "CLONE_AUTOREAP needs exit_signal 0" },
	{ CLONE3_NNP | CLONE3_THREAD, 0, NULL, "CLONE_NNP is for processes, not for CLONE_THREAD" },
	{ CLONE3_PIDFD_AUTOKILL, CLONE3_PIDFD, NULL, "CLONE_PIDFD_AUTOKILL needs CLONE_PIDFD" },
	{ CLONE3_PIDFD_AUTOKILL, CLONE3_AUTOREAP, NULL,
	  "CLONE_PIDFD_AUTOKILL needs CLONE_AUTOREAP" },
	{ CLONE3_NEWIPC | CLONE3_SYSVSEM, 0, NULL,
	  "CLONE_NEWIPC leaves the semaphores whose undo values CLONE_SYSVSEM shares" },
};

const char *c3_broken_rule(const struct clone3_args *args, size_t size)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if ((args->flags & rules[i].with) == rules[i].with &&
		    !(args->flags & rules[i].without) &&
		    (!rules[i].broken || rules[i].broken(args, size)))
			return rules[i].reason;
	return "";
}

/* Why a size, or what lies behind the known members, is refused. */
static const char *size_reason(const struct clone3_args *args, size_t size)
{
	if (size > c3_page_size())
		return "size is above a page";
	if (size < CLONE3_ARGS_SIZE_VER0)
		return "size is below 64, the first version's";
	if (!args)
		return "args is NULL";
	return "a byte behind the 88 that Linux 7.1 knows is not zero";
}

int clone3_check(const struct clone3_args *args, size_t size, const char **reason)
{
	struct c3_request request;
	const char *broken = "";
	int verdict = c3_request_load(&request, args, size);

	if (!verdict && request.newer)
		verdict = -E2BIG;
	if (verdict) {
		broken = size_reason(args, size);
	} else {
		broken = c3_broken_rule(&request.args, size);
		verdict = *broken ? -EINVAL : 0;
	}
	if (reason)
		*reason = broken;
	return verdict;
}
