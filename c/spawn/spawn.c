/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Starting a program from a plan: the caller's side. */
#include "../clone/clone.h"
#include "../deadline.h"
#include "../pidfd/pidfd.h"
#include "spawn.h"

#include <string.h>

extern char **environ;

/*
 * Rights in hand that processes of the same user lack: a child in another user namespace would be
 * open to them, and the caller's memory with it. Without capabilities, and with one user and one
 * group id, the caller itself is as open to them, but for those with another group id; and such a
 * child gets no other id. A guard would forbid it to write its maps.
 */
static int has_more_than_its_user(void)
{
	const struct c3_capability_header header = { C3_CAPABILITY_VERSION_3, 0 };
	struct c3_capabilities halves = { 0 };
	uint32_t uid[3] = { 0, 1, 2 };
	uint32_t gid[3] = { 0, 1, 2 };

	c3_syscall3(C3_NR_getresuid, c3_address(&uid[0]), c3_address(&uid[1]), c3_address(&uid[2]));
	c3_syscall3(C3_NR_getresgid, c3_address(&gid[0]), c3_address(&gid[1]), c3_address(&gid[2]));
	return uid[0] != uid[1] || uid[0] != uid[2] || gid[0] != gid[1] || gid[0] != gid[2] ||
	       c3_syscall2(C3_NR_capget, c3_address(&header), c3_address(&halves)) != 0 ||
	       halves.half[0].permitted || halves.half[1].permitted;
}

static int changes_credentials(const struct clone3_plan *plan)
{
	return plan->steps & C3_CREDENTIAL_STEPS || c3_plan_joins(plan, CLONE3_NEWUSER);
}

/*
 * Whether the child may come to be open to processes that the caller is closed to: see guard.c. Those
 * in a pid namespace that it joins see it, and not the caller.
 */
static int must_be_guarded(const struct clone3_plan *plan)
{
	if (plan->namespaces & CLONE3_NEWUSER)
		return has_more_than_its_user();
	return changes_credentials(plan) || c3_plan_joins(plan, CLONE3_NEWPID);
}

static void request_of(struct c3_work *work, uint64_t steps, struct c3_request *request)
{
	struct clone3_args *args = &request->args;
	const struct clone3_plan *plan = &work->plan;
	int by_kernel = work->way == C3_BY_KERNEL;

	*request = (struct c3_request){
		.args = {
			.flags = CLONE3_VM | CLONE3_VFORK,
			.stack = (uintptr_t)work->stack.base,
			.stack_size = (uintptr_t)work - (uintptr_t)work->stack.base,
		},
		.size = CLONE3_ARGS_SIZE_VER0,
	};
	if (work->way != C3_WITHOUT_PIDFD) {
		args->flags |= CLONE3_PIDFD;
		args->pidfd = (uintptr_t)(work->is_nested ? &work->between_pidfd : &work->pidfd);
	} else if (work->is_apart) {
		args->exit_signal = C3_SIGCHLD; /* an emulator's fork knows no other */
	}
	if (work->shares_files)
		args->flags |= CLONE3_FILES;
	if (work->has_helper) {
		args->flags |= CLONE3_CHILD_CLEARTID;
		args->child_tid = (uintptr_t)&work->child_state;
	}
	if (steps & CLONE3_STEP_NAMESPACES)
		args->flags |= plan->namespaces & ~work->namespaces_left;
	if (steps & CLONE3_STEP_AUTO_REAP)
		args->flags |= CLONE3_AUTOREAP;
	if (steps & CLONE3_STEP_KILL_ON_CLOSE)
		args->flags |= CLONE3_AUTOREAP | CLONE3_NNP | CLONE3_PIDFD_AUTOKILL;
	if (steps & CLONE3_STEP_SET_TID) {
		args->set_tid = (uintptr_t)plan->set_tid;
		args->set_tid_size = plan->set_tid_count;
		request->size = CLONE3_ARGS_SIZE_VER1;
	}
	if (by_kernel)
		args->flags |= CLONE3_CLEAR_SIGHAND;
	if (by_kernel && steps & CLONE3_STEP_CGROUP) {
		args->flags |= CLONE3_INTO_CGROUP;
		args->cgroup = (uint64_t)plan->cgroup_fd;
		request->size = CLONE3_ARGS_SIZE_VER2;
	}
}

/*
 * exit_signal 0: until exec makes it SIGCHLD, no signal and no waitpid(-1) of another thread can
 * tell or take a child that fails. What the clone cannot do, the child does by hand; nothing but
 * plain sharing is asked of the kernel then, and its table of descriptors is a copy, or becomes one
 * once the child has left its pidfd there.
 */
static int create(struct c3_work *work, uint64_t steps)
{
	struct c3_request request;
	int by_kernel = work->way == C3_BY_KERNEL;

	work->is_nested = c3_plan_joins(&work->plan, CLONE3_NEWPID);
	work->shares_files = !work->is_apart && (work->is_nested || work->way == C3_WITHOUT_PIDFD ||
						 (by_kernel && steps & CLONE3_STEP_CLOSE_OTHERS));
	work->namespaces_left = 0;
	if (!by_kernel && steps & CLONE3_STEP_NAMESPACES)
		work->namespaces_left = work->plan.namespaces & CLONE3_NEWTIME;
	work->pidfd = -1;
	work->between_pidfd = -1;
	request_of(work, steps, &request);
	return c3_create(&request, c3_child_main, work);
}

static int end_at_once(void *unused)
{
	(void)unused;
	return 0;
}

/*
 * What the kernel says to a clone with these steps. The pidfd is to be stored nowhere: none is
 * born.
 */
static int try(struct c3_work *work, uint64_t steps)
{
	struct c3_request request;

	request_of(work, steps & ~CLONE3_STEP_CGROUP, &request);
	request.args.pidfd = C3_NOWHERE;
	return c3_create(&request, end_at_once, NULL);
}

/* Which step an errno of the clone means: the one without which there is another errno. */
static uint64_t step_of_clone_error(struct c3_work *work, int error, uint64_t steps)
{
	static const uint64_t suspects[] = { CLONE3_STEP_KILL_ON_CLOSE, CLONE3_STEP_AUTO_REAP,
					     CLONE3_STEP_SET_TID, CLONE3_STEP_NAMESPACES };

	if (steps & CLONE3_STEP_CGROUP &&
	    (error == -EBADF || error == -ENOENT || error == -EACCES || error == -EBUSY ||
	     error == -EOPNOTSUPP || error == -ENODEV))
		return CLONE3_STEP_CGROUP;
	if (error == -EAGAIN || error == -ENOMEM || error == -EMFILE || error == -ENFILE)
		return CLONE3_STEP_CLONE;
	for (size_t i = 0; i < sizeof(suspects) / sizeof(suspects[0]); i++) {
		if (!(steps & suspects[i]))
			continue;
		steps &= ~suspects[i];
		if (work->way == C3_WITHOUT_PIDFD || try(work, steps) != error)
			return suspects[i];
	}
	return CLONE3_STEP_CLONE;
}

/*
 * Meanwhile signals could stop the child (SIGTTOU), act on it otherwise than the plan says, or run
 * the caller's handlers in it if the clone has left it these. 0, or -errno, which only a filter can
 * answer.
 */
static int block_signals(struct c3_work *work)
{
	const uint64_t all_signals = ~0ULL;
	int error;

	if (work->has_blocked)
		return 0;
	error = c3_sigmask(C3_SIG_SETMASK, &all_signals, &work->caller_mask);
	if (error)
		return c3_errno_of(error);
	work->has_blocked = 1;
	if (!(work->plan.steps & CLONE3_STEP_SIGNAL_MASK))
		work->plan.signal_mask = work->caller_mask;
	work->plan.steps |= CLONE3_STEP_SIGNAL_MASK;
	return 0;
}

/* The clone, again without what fails and is optional, or with it done by hand. */
static int create_with_what_there_is(struct c3_work *work)
{
	uint64_t steps = work->plan.steps;
	enum c3_way way = work->way;

	for (;;) {
		int result = create(work, steps);
		int by_hand = result == -ENOSYS || result == -EPERM || result == -EINVAL ||
			      result == -E2BIG;
		uint64_t step;

		if (result > 0)
			return result;
		if (work->way == C3_BY_KERNEL && by_hand) {
			work->way = C3_BY_HAND;
			result = block_signals(work);
			if (result)
				return result;
			continue;
		}
		step = step_of_clone_error(work, result, steps);
		if (work->way == C3_BY_HAND && result == -EINVAL && step == CLONE3_STEP_CLONE) {
			work->way = C3_WITHOUT_PIDFD;
			continue;
		}
		work->step = step;
		if (!(step & work->plan.optional))
			return result;
		work->omitted |= step;
		work->step = 0;
		steps &= ~step;
		work->way = way;
	}
}

/*
 * Of a child that is apart and cannot leave it in the caller's table. It is visible to all waits, and
 * so its pidfd is opened at once.
 */
static int open_pidfd(struct c3_work *work, int32_t pid)
{
	work->pidfd = clone3_pidfd_open(pid, 0);
	if (work->pidfd < 0)
		return work->pidfd;
	work->emulated |= CLONE3_STEP_CLONE;
	return 0;
}

/* By its number where it has no pidfd: it is only the child's as long as it is not reaped. */
static void reap(int32_t pid, int32_t pidfd)
{
	if (pidfd >= 0)
		c3_wait(C3_P_PIDFD, pidfd, C3__WALL, NULL, NULL);
	else
		c3_wait(C3_P_PID, pid, C3__WALL, NULL, NULL);
}

/*
 * Whether a child that was about to exec died in it. exec turns its exit_signal into SIGCHLD; a
 * child with another one is invisible without __WALL. One that cannot be seen with it either was
 * started and is reaped already: by another thread, since SIGCHLD is ignored, or by AUTO_REAP.
 */
static int died_in_exec(int32_t pidfd)
{
	const long look = CLONE3_WAIT_NOHANG | CLONE3_WAIT_NOWAIT;

	return c3_wait(C3_P_PIDFD, pidfd, look, NULL, NULL) == -ECHILD &&
	       c3_wait(C3_P_PIDFD, pidfd, look | C3__WALL, NULL, NULL) == 0;
}

/*
 * The one between is done with: it ended when the nested child had left the memory, unless it was
 * killed while it waited for that. The nested child's pid, or 0.
 */
static int32_t end_between(struct c3_work *work, int32_t pid)
{
	const struct c3_timespec moment = { .nsec = 100000000 };

	reap(pid, work->between_pidfd);
	if (work->between_pidfd >= 0)
		c3_close(work->between_pidfd);
	/*
	 * Before Linux 5.16 a child that dumps core does not say that it is gone: its pidfd does. Nor
	 * does one that shares no memory: the caller waited for it by other means.
	 */
	while (!work->is_apart && work->nested_pid && work->nested_state &&
	       !(work->pidfd >= 0 && c3_poll(work->pidfd, C3_POLLIN, 0)))
		c3_syscall4(C3_NR_futex, c3_address(&work->nested_state), C3_FUTEX_WAIT, 1,
			    c3_address(&moment));
	if (!work->nested_pid)
		work->pidfd = -1; /* stored by a clone that failed after all */
	return work->nested_pid;
}

/* 0: the program was started. */
static int error_of_child(struct c3_work *work, int32_t pid)
{
	int error = 0;

	if (work->error)
		return -work->error;
	if (work->step != CLONE3_STEP_EXEC || !pid)
		return -ECANCELED;
	if (work->pidfd < 0)
		error = open_pidfd(work, pid);
	if (!error)
		return died_in_exec(work->pidfd) ? -ECANCELED : 0;
	work->step = CLONE3_STEP_CLONE;
	if (error != -ESRCH)
		c3_syscall2(C3_NR_kill, pid, C3_SIGKILL);
	return error;
}

/* What became of the child, once the kernel has released the caller. 0 or -errno. */
static int outcome(struct c3_work *work, uint64_t steps, int32_t *pid)
{
	int error;

	if (work->is_nested)
		*pid = end_between(work, *pid);
	error = error_of_child(work, *pid);
	if (!error)
		return 0;
	if (*pid) {
		reap(*pid, work->pidfd);
		if (work->pidfd >= 0)
			c3_close(work->pidfd);
	}
	/*
	 * Killed at birth, as a cgroup does that was killed once; or by what the mask had kept off.
	 */
	if (work->step == 0 && work->way == C3_BY_KERNEL && steps & CLONE3_STEP_CGROUP)
		work->step = CLONE3_STEP_CGROUP;
	else if (work->step == 0)
		work->step = CLONE3_STEP_CLONE;
	else if (work->step == CLONE3_STEP_SIGNAL_MASK && !(steps & work->step))
		work->step = CLONE3_STEP_EXEC;
	return error;
}

/*
 * A child that is apart runs beside the caller: the caller waits until what is close-on-exec has
 * gone with exec or exit. The child inherits the writing end.
 */
static void await_apart(int32_t ends[2])
{
	char byte;

	c3_close(ends[1]);
	while (c3_read(ends[0], &byte, 1) == -EINTR)
		;
	c3_close(ends[0]);
}

/* With the guard up if there is one. 0 or -errno. */
static int run_child(struct c3_work *work, uint64_t steps, int32_t *pid)
{
	int result = work->has_helper ? c3_helper_start(work) : 0;
	int32_t ends[2] = { -1, -1 };

	if (!result && work->is_apart) {
		result = (int)c3_syscall2(C3_NR_pipe2, c3_address(ends), C3_O_CLOEXEC);
		for (int i = 0; i < 2 && !result; i++) {
			ends[i] = c3_fd_beside_plan(&work->plan, ends[i]);
			result = ends[i] < 0 ? ends[i] : 0;
		}
	}
	if (!result)
		result = create_with_what_there_is(work);
	if (work->is_apart) {
		if (result > 0 && work->pidfd < 0 && !work->is_nested)
			open_pidfd(work, result);
		await_apart(ends);
	}
	if (work->has_helper)
		c3_helper_end(work, result > 0);
	if (result <= 0)
		return result;
	*pid = result;
	result = outcome(work, steps, pid);
	if (work->lent_fd >= 0)
		c3_close(work->lent_fd);
	return result;
}

/* Descriptors of the caller's that serve the child. */
static void open_what_it_needs(struct c3_work *work)
{
	const struct clone3_plan *plan = &work->plan;

	if (plan->namespaces & CLONE3_EMPTY_MNTNS || c3_plan_joins(plan, CLONE3_NEWNS)) {
		int fd = c3_openat(C3_AT_FDCWD, "/proc", C3_O_PATH | C3_O_DIRECTORY);

		work->proc_fd = fd < 0 ? fd : c3_fd_beside_plan(plan, fd);
		work->proc_error = work->proc_fd < 0 ? work->proc_fd : 0;
	}
}

/* With a checked plan. @child gets the result. */
static int spawn(const struct clone3_plan *plan, struct clone3_child *child)
{
	int is_apart = c3_is_apart();
	int is_guarded = !is_apart && must_be_guarded(plan);
	int32_t pid = 0;
	int result;
	struct c3_work *work = c3_work_take(c3_moves_scratch(plan->fd_count), is_apart);

	child->failed_step = CLONE3_STEP_CLONE;
	if (!work)
		return -ENOMEM;
	work->plan = *plan;
	work->way = is_apart ? C3_BY_HAND : C3_BY_KERNEL;
	work->cwd_fd = plan->cwd_fd;
	work->landlock_fd = plan->landlock_fd;
	work->exec_fd = plan->exec_fd;
	work->proc_fd = -1;
	work->is_guarded = is_guarded;
	work->lent_fd = -1;
	work->has_helper = is_guarded && plan->steps & C3_MAP_STEPS;
	result = c3_moves_plan(plan->fds, plan->fd_count, work + 1, &work->moves,
			       &child->failed_index);
	if (result) {
		child->failed_step = CLONE3_STEP_FDS;
		c3_work_put(work);
		return result;
	}
	open_what_it_needs(work);
	if (plan->steps & CLONE3_STEP_CLOSE_OTHERS) {
		int32_t last = c3_plan_highest_fd(plan);

		last = work->proc_fd > last ? work->proc_fd : last;
		work->first_unused_fd = last < 2 ? 3 : last == INT32_MAX ? last : last + 1;
	}
	if (plan->steps & CLONE3_STEP_PARENT_DEATH_SIGNAL)
		work->caller_pid = (int32_t)c3_syscall1(C3_NR_getpid, 0);
	if (!plan->envp)
		work->plan.envp = (const char *const *)environ;

	/* Else signals may do to the child from birth what they do to the program. */
	if (is_apart || is_guarded ||
	    plan->steps & ~(C3_STEPS_OF_CLONE | CLONE3_STEP_DEFAULT_SIGNALS))
		result = block_signals(work);
	if (!result && is_guarded)
		result = c3_guard_enter(changes_credentials(plan));
	if (!result) {
		result = run_child(work, plan->steps, &pid);
		/* A child that has failed is reaped. */
		if (is_guarded)
			c3_guard_leave(result < 0 || c3_leaving_await(work, pid));
	}
	if (work->has_blocked)
		c3_sigmask(C3_SIG_SETMASK, &work->caller_mask, NULL);
	if (work->proc_fd >= 0)
		c3_close(work->proc_fd);

	if (result == 0) {
		child->pid = pid;
		child->pidfd = work->pidfd;
		child->emulated = work->emulated;
		child->omitted = work->omitted;
		child->failed_step = 0;
	} else {
		child->failed_step = work->step ? work->step : CLONE3_STEP_CLONE;
		child->failed_index = work->index;
	}
	c3_work_put(work);
	return result;
}

/* Not inlined into its caller, where gcc would take the tail that there is not for an overflow. */
__attribute__((noinline)) int clone3_spawn(const struct clone3_plan *plan,
					   struct clone3_child *child)
{
	uint64_t size;
	unsigned char *tail = (unsigned char *)child;
	struct clone3_plan copy = { 0 };
	int result;

	if (!child || child->size < CLONE3_CHILD_SIZE_VER0)
		return -EINVAL;
	size = child->size;
	if (size > sizeof(*child)) {
		if (size > c3_page_size())
			return -E2BIG;
		for (size_t i = sizeof(*child); i < size; i++)
			tail[i] = 0;
	}
	*child = (struct clone3_child){ .size = size, .pid = -1, .pidfd = -1 };

	child->failed_step = CLONE3_STEP_CHECK;
	result = plan ? c3_versioned_size(plan, plan->size, sizeof(copy), CLONE3_PLAN_SIZE_VER0) :
			-EINVAL;
	if (!result) {
		memcpy(&copy, plan, plan->size < sizeof(copy) ? plan->size : sizeof(copy));
		result = c3_plan_check(&copy, &child->failed_step, &child->failed_index);
	}
	if (!result)
		result = spawn(&copy, child);
	child->error = -result;
	return result;
}
