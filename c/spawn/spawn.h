/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the caller prepares and the child reads: the files of c/spawn/ share it. */
#ifndef C3_SPAWN_H
#define C3_SPAWN_H

#include "../syscall.h"
#include <clone3.h>

/* All steps of a plan: every bit up to the last. */
#define C3_STEPS_KNOWN (CLONE3_STEP_EXEC_FD * 2 - 1)

/* Steps that change what the child may do; it may be open to others than the caller then. */
#define C3_CREDENTIAL_STEPS                                                                        \
	(CLONE3_STEP_CAPABILITIES | CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID)

/* Steps that the clone itself takes where the kernel does all of it. */
#define C3_STEPS_OF_CLONE                                                                          \
	(CLONE3_STEP_NAMESPACES | CLONE3_STEP_CGROUP | CLONE3_STEP_SET_TID |                       \
	 CLONE3_STEP_AUTO_REAP | CLONE3_STEP_KILL_ON_CLOSE)

/* Steps that need another one, and kinds of namespace that must be new; steps.c. */
struct c3_step {
	const char *name;
	uint64_t needs;
	uint64_t namespaces;
};
const struct c3_step *c3_step(uint64_t step);

/* The steps that write a file of /proc for a new user namespace, in the order that is needed. */
#define C3_MAP_STEPS (CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP)
#define C3_MAPS 3
#define C3_MOST_ID_RANGES 340 /* UID_GID_MAP_MAX_EXTENTS */

/*
 * One act of the descriptor map. @from == @to: the descriptor stays, and is no more close-on-exec.
 * C3_ASIDE as @to: set @from aside, out of the way of a cycle; as @from: take what was set aside.
 */
#define C3_ASIDE (-1)
struct c3_move {
	int32_t from;
	int32_t to;
	uint32_t index; /* of the entry in the caller's map */
};

/* @moves do what a map asks for; @targets are its target numbers, ascending. */
struct c3_moves {
	struct c3_move *moves;
	size_t move_count;
	int32_t *targets;
	size_t target_count;
};

/* fds.c */
size_t c3_moves_scratch(size_t count);
int c3_moves_plan(const struct clone3_fd *fds, size_t count, void *scratch, struct c3_moves *moves,
		  uint32_t *failed_index);
int c3_is_target(const struct c3_moves *moves, int fd);

/*
 * What is asked of the kernel: all of it; what clone(2) has, the rest done by hand; and of that
 * what even emulators and sandboxes have that know no CLONE_PIDFD.
 */
enum c3_way { C3_BY_KERNEL, C3_BY_HAND, C3_WITHOUT_PIDFD };

/*
 * One spawn. It lies above the child's stack, in memory that the child shares with the parked
 * caller. The caller writes the first part before the clone, the child the second.
 */
struct c3_work {
	struct clone3_plan plan; /* the caller's, with SIGNAL_MASK if signals are blocked */
	struct c3_moves moves;
	struct clone3_stack stack;
	enum c3_way way;
	int32_t has_blocked; /* all signals, instead of caller_mask */
	uint64_t caller_mask;
	int32_t is_apart; /* the child has memory of its own, but for this: see apart.c */
	int32_t caller_pid;
	int32_t first_unused_fd;  /* no descriptor from here on is of use to the child */
	int32_t proc_fd;          /* the caller's /proc, where the child may have another, or -1 */
	int32_t proc_error;       /* it should be there, and is not to be had: -errno */
	int32_t is_guarded;       /* the memory is closed to others: see guard.c */
	int32_t is_nested;        /* the child makes another one, which is to be the program */
	int32_t shares_files;     /* the table is the caller's until it is unshared */
	uint64_t namespaces_left; /* kinds that the clone could not make: to be unshared */

	/*
	 * What another task opened in the caller's table, or -1: for the caller to close, should that
	 * task be killed alone.
	 */
	volatile int32_t lent_fd;

	/* The helper's; see idmap.c. */
	void *helper_stack;
	int32_t has_helper;
	int32_t helper_tid;
	volatile uint32_t child_state;
	volatile uint32_t helper_state;
	volatile int32_t child_number; /* in the caller's /proc, or -errno */
	volatile int32_t map_errors[C3_MAPS];

	/* The nested child's: its pid, if there is one, and not 0 until it has left the memory. */
	volatile int32_t nested_pid;
	volatile uint32_t nested_state;
	int32_t between_pidfd;

	int32_t cwd_fd; /* where the plan's descriptors are once the map is done */
	int32_t landlock_fd;
	int32_t exec_fd;
	uint64_t permitted; /* the capabilities before the ids changed */
	uint64_t effective;
	uint64_t inheritable;
	uint64_t ambient;
	int32_t pidfd;          /* stored by the clone */
	volatile uint64_t step; /* noted before it is taken */
	volatile uint32_t index;
	volatile int32_t error; /* errno, positive, of the step */
	uint64_t emulated;
	uint64_t omitted;
};

/* plan.c: 0, or -errno with the step and index at fault. */
int c3_plan_check(const struct clone3_plan *plan, uint64_t *failed_step, uint32_t *failed_index);

/* plan.c: whether any of the plan's joins is of these kinds */
int c3_plan_joins(const struct clone3_plan *plan, uint64_t kinds);

/*
 * plan.c: @fd or a copy of it whose number the plan does not name: what the plan takes for closed,
 * or is going to use, must not be there. @fd itself is closed then. Close-on-exec, or -errno.
 */
int c3_fd_beside_plan(const struct clone3_plan *plan, int fd);

/* plan.c: the highest number that the plan names, at least 0 */
int32_t c3_plan_highest_fd(const struct clone3_plan *plan);

static inline uint64_t c3_signal_bit(int signo)
{
	return 1ULL << (signo - 1);
}

/* What failed did not succeed: a filter makes a call answer anything, 0 of exec included. */
static inline int c3_errno_of(long answer)
{
	return answer < 0 && answer >= -4095 ? (int)answer : -EPERM;
}

/* A copy of @fd from @lowest on, close-on-exec. EINVAL: the limit lies below @lowest. */
static inline int c3_duplicate(int fd, int lowest)
{
	int copy = c3_fcntl(fd, C3_F_DUPFD_CLOEXEC, lowest);

	return copy == -EINVAL ? -EMFILE : copy;
}

/* child.c: the child's whole life; @work is a struct c3_work. */
int c3_child_main(void *work);

/* child.c: the child ends here, with its step noted; @error is -errno. */
void c3_child_fail(struct c3_work *work, int error);

/* child.c: @error, or, after a change of credentials, the guard's renewal */
int c3_guard_again(const struct c3_work *work, long error);

/* namespaces.c: steps of the child that need a namespace, or change it */
int c3_unshare_left(struct c3_work *work);
int c3_join_namespaces(struct c3_work *work);
int c3_time_offsets(struct c3_work *work);
int c3_private_mounts(struct c3_work *work);
int c3_mounts(struct c3_work *work);
int c3_pivot_root(struct c3_work *work);
int c3_leave_old_root(struct c3_work *work);
int c3_proc_mount(struct c3_work *work);
int c3_hostname(struct c3_work *work);
int c3_loopback(struct c3_work *work);

/* namespaces.c: a file of /proc, as the caller sees it. A descriptor or -errno */
int c3_open_proc(const struct c3_work *work, const char *name, int flags);
int c3_write_proc(const struct c3_work *work, const char *name, const char *text);

/* idmap.c: steps of the child */
int c3_deny_setgroups(struct c3_work *work);
int c3_uid_map(struct c3_work *work);
int c3_gid_map(struct c3_work *work);

/* idmap.c: the caller's side. Called with all signals blocked. */
int c3_helper_start(struct c3_work *work);
void c3_helper_end(struct c3_work *work, int has_child);

/* memory.c: stacks of one size, kept for the next; NULL: no memory */
#define C3_STACK_SIZE (64 * 1024UL)
void *c3_stack_take(void);
void c3_stack_put(void *base);

/*
 * memory.c: a child's stack with the work and @scratch bytes above it. @is_apart: in memory that is
 * shared with a child that shares no other.
 */
struct c3_work *c3_work_take(size_t scratch, int is_apart);
void c3_work_put(struct c3_work *work);

/* apart.c: whether a child of vfork shares the memory: not under every emulator */
int c3_is_apart(void);

/*
 * guard.c; call with all signals blocked. 0 or -errno. @changes_credentials: the child does
 * what fs.suid_dumpable is for.
 */
int c3_guard_enter(int changes_credentials);
void c3_guard_leave(int is_over);

/* leaving.c: waits until a child has left the memory by exec; 0: that cannot be told here */
int c3_leaving_await(const struct c3_work *work, int32_t pid);

#endif
