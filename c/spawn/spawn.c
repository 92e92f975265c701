/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Starting a program from a plan: the caller's side. */
#include "../clone/clone.h"
#include "spawn.h"

/* Steps after which the child may have less rights than the caller whose memory it shares. */
#define C3_GUARDED_STEPS                                                                           \
	(CLONE3_STEP_CAPABILITIES | CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID)

extern char **environ;

/* The number behind the highest descriptor that the child has a use for. */
static int32_t first_unused_fd(const struct clone3_plan *plan, int32_t leaving_fd)
{
	int32_t fds[C3_PLAN_DESCRIPTORS];
	int32_t last = leaving_fd > 2 ? leaving_fd : 2;

	c3_plan_descriptors(plan, fds);
	for (size_t i = 0; i < C3_PLAN_DESCRIPTORS; i++)
		last = fds[i] > last ? fds[i] : last;
	for (size_t i = 0; i < plan->fd_count; i++)
		last = plan->fds[i].source > last ? plan->fds[i].source : last;
	return last == INT32_MAX ? last : last + 1;
}

/*
 * exit_signal 0: until exec makes it SIGCHLD, no signal and no waitpid(-1) of another thread can tell
 * or take a child that fails. @by_hand: the child does what an old or filtered clone cannot; nothing
 * but plain sharing is asked of the kernel then, and its table of descriptors is a copy.
 */
static int create(struct c3_work *work, const struct clone3_stack *stack, uint64_t steps,
		  int by_hand)
{
	struct c3_request request = {
		.args = {
			.flags = CLONE3_VM | CLONE3_VFORK | CLONE3_PIDFD,
			.pidfd = (uintptr_t)&work->pidfd,
			.stack = (uintptr_t)stack->base,
			.stack_size = (uintptr_t)work - (uintptr_t)stack->base,
		},
		.size = CLONE3_ARGS_SIZE_VER0,
	};

	work->reset_handlers = by_hand;
	work->join_cgroup = by_hand && steps & CLONE3_STEP_CGROUP;
	work->shares_files = !by_hand && steps & CLONE3_STEP_CLOSE_OTHERS;
	if (work->shares_files)
		request.args.flags |= CLONE3_FILES;
	if (!by_hand)
		request.args.flags |= CLONE3_CLEAR_SIGHAND;
	if (!by_hand && steps & CLONE3_STEP_CGROUP) {
		request.args.flags |= CLONE3_INTO_CGROUP;
		request.args.cgroup = (uint64_t)work->plan.cgroup_fd;
		request.size = CLONE3_ARGS_SIZE_VER2;
	}
	return c3_create(&request, c3_child_main, work);
}

/* Which step an errno of the clone means. */
static uint64_t step_of_clone_error(int error, uint64_t steps)
{
	int is_cgroup = error == -EBADF || error == -ENOENT || error == -EACCES ||
			error == -EBUSY || error == -EOPNOTSUPP || error == -ENODEV;

	return is_cgroup && steps & CLONE3_STEP_CGROUP ? CLONE3_STEP_CGROUP : CLONE3_STEP_CLONE;
}

/* The clone, again without what fails and is optional, or with it done by hand. */
static int create_with_what_there_is(struct c3_work *work, const struct clone3_stack *stack)
{
	uint64_t steps = work->plan.steps;
	int by_hand = 0;

	for (;;) {
		int result = create(work, stack, steps, by_hand);

		if (result > 0)
			return result;
		if (!by_hand && (result == -ENOSYS || result == -EPERM || result == -EINVAL ||
				 result == -E2BIG)) {
			by_hand = 1;
			continue;
		}
		work->step = step_of_clone_error(result, steps);
		if (!(work->step & work->plan.optional))
			return result;
		work->omitted |= work->step;
		steps &= ~work->step;
	}
}

static int wait_for(int32_t pidfd, long options)
{
	long error;

	do
		error = c3_syscall5(C3_NR_waitid, C3_P_PIDFD, pidfd, 0, C3_WEXITED | options, 0);
	while (error == -EINTR);
	return (int)error;
}

/*
 * Whether a child that was about to exec died in it. exec turns its exit_signal into SIGCHLD; a child
 * with another one is invisible without __WALL. One that cannot be seen with it either was started
 * and is reaped already, by another thread or since SIGCHLD is ignored.
 */
static int died_in_exec(int32_t pidfd)
{
	const long look = CLONE3_WAIT_NOHANG | CLONE3_WAIT_NOWAIT;

	return wait_for(pidfd, look) == -ECHILD && wait_for(pidfd, look | C3__WALL) == 0;
}

/* What became of the child, once the kernel has released the caller. 0 or -errno. */
static int outcome(struct c3_work *work, uint64_t steps)
{
	int32_t pidfd = work->pidfd;
	int error;

	if (work->error)
		error = -work->error;
	else if (work->step == CLONE3_STEP_EXEC && !died_in_exec(pidfd))
		return 0;
	else
		error = -ECANCELED;
	wait_for(pidfd, C3__WALL);
	c3_close(pidfd);
	/* Killed at birth, as a cgroup does that was killed once; or by what the mask had kept off. */
	if (work->step == 0)
		work->step = steps & CLONE3_STEP_CGROUP ? CLONE3_STEP_CGROUP : CLONE3_STEP_CLONE;
	else if (work->step == CLONE3_STEP_SIGNAL_MASK && !(steps & work->step))
		work->step = CLONE3_STEP_EXEC;
	return error;
}

/* With a checked plan. @child gets the result. */
static int spawn(const struct clone3_plan *plan, struct clone3_child *child)
{
	const uint64_t all_signals = ~0ULL;
	struct clone3_stack stack;
	uint64_t mask = 0;
	int guarded = (plan->steps & C3_GUARDED_STEPS) != 0;
	int result;
	struct c3_work *work = c3_work_take(c3_moves_scratch(plan->fd_count), &stack);

	child->failed_step = CLONE3_STEP_CLONE;
	if (!work)
		return -ENOMEM;
	*work = (struct c3_work){
		.plan = *plan,
		.cwd_fd = plan->cwd_fd,
		.landlock_fd = plan->landlock_fd,
		.exec_fd = plan->exec_fd,
		.leaving_fd = -1,
	};
	result = c3_moves_plan(plan->fds, plan->fd_count, work + 1, &work->moves,
			       &child->failed_index);
	if (result) {
		child->failed_step = CLONE3_STEP_FDS;
		c3_work_put(&stack);
		return result;
	}
	if (guarded) {
		result = c3_leaving_open(plan);
		if (result < 0) {
			c3_work_put(&stack);
			return result;
		}
		work->leaving_fd = result;
	}
	if (plan->steps & CLONE3_STEP_CLOSE_OTHERS)
		work->first_unused_fd = first_unused_fd(plan, work->leaving_fd);
	if (plan->steps & CLONE3_STEP_PARENT_DEATH_SIGNAL)
		work->caller_pid = (int32_t)c3_syscall1(C3_NR_getpid, 0);
	if (!plan->envp)
		work->plan.envp = (const char *const *)environ;

	c3_sigmask(C3_SIG_SETMASK, &all_signals, &mask);
	work->plan.steps |= CLONE3_STEP_SIGNAL_MASK;
	if (!(plan->steps & CLONE3_STEP_SIGNAL_MASK))
		work->plan.signal_mask = mask;
	result = guarded ? c3_guard_enter() : 0;
	if (!result) {
		result = create_with_what_there_is(work, &stack);
		if (result > 0) {
			child->pid = result;
			result = outcome(work, plan->steps);
		}
		if (guarded) {
			c3_leaving_await(work->leaving_fd);
			c3_guard_leave();
		}
	}
	if (guarded)
		c3_close(work->leaving_fd);
	c3_sigmask(C3_SIG_SETMASK, &mask, NULL);

	if (result == 0) {
		child->pidfd = work->pidfd;
		child->emulated = work->emulated;
		child->omitted = work->omitted;
		child->failed_step = 0;
	} else {
		child->pid = -1;
		child->failed_step = work->step ? work->step : CLONE3_STEP_CLONE;
		child->failed_index = work->index;
	}
	c3_work_put(&stack);
	return result;
}

int clone3_spawn(const struct clone3_plan *plan, struct clone3_child *child)
{
	uint64_t size;
	unsigned char *tail = (unsigned char *)child;
	struct clone3_plan copy = { 0 };
	const unsigned char *from = (const unsigned char *)plan;
	unsigned char *to = (unsigned char *)&copy;
	int result;

	if (!child || child->size < CLONE3_CHILD_SIZE_VER0)
		return -EINVAL;
	size = child->size;
	if (size > c3_page_size())
		return -E2BIG;
	for (size_t i = sizeof(*child); i < size; i++)
		tail[i] = 0;
	*child = (struct clone3_child){ .size = size, .pid = -1, .pidfd = -1 };

	child->failed_step = CLONE3_STEP_CHECK;
	result = plan ? c3_versioned_size(plan, plan->size, sizeof(copy), CLONE3_PLAN_SIZE_VER0) :
			-EINVAL;
	if (!result) {
		for (size_t i = 0; i < plan->size && i < sizeof(copy); i++)
			to[i] = from[i];
		result = c3_plan_check(&copy, &child->failed_step, &child->failed_index);
	}
	if (!result)
		result = spawn(&copy, child);
	child->error = -result;
	return result;
}
