/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the caller prepares and the child reads: the files of c/spawn/ share it. */
#ifndef C3_SPAWN_H
#define C3_SPAWN_H

#include "../syscall.h"
#include <clone3.h>

/* All steps of a plan: every bit up to the last. */
#define C3_STEPS_KNOWN (CLONE3_STEP_EXEC_FD * 2 - 1)

/* Steps that need another one; steps.c. */
struct c3_step {
	const char *name;
	uint64_t needs;
};
const struct c3_step *c3_step(uint64_t step);

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
 * One spawn. It lies above the child's stack, in memory that the child shares with the parked
 * caller. The caller writes the first part before the clone, the child the second.
 */
struct c3_work {
	struct clone3_plan plan; /* the caller's, with SIGNAL_MASK in any case */
	struct c3_moves moves;
	int32_t caller_pid;
	int32_t first_unused_fd; /* no descriptor from here on is of use to the child */
	int32_t leaving_fd;      /* locked by the child until it has left the memory, or -1 */
	int32_t shares_files;    /* the table is the caller's until it is unshared */
	int32_t reset_handlers;  /* the clone could not */
	int32_t join_cgroup;     /* the clone could not */

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

/*
 * plan.c: the check is 0, or -errno with the step and index at fault. The descriptors are those that
 * a plan names beside its map, 0 for a step that is not set.
 */
#define C3_PLAN_DESCRIPTORS 6
void c3_plan_descriptors(const struct clone3_plan *plan, int32_t fds[C3_PLAN_DESCRIPTORS]);
int c3_plan_check(const struct clone3_plan *plan, uint64_t *failed_step, uint32_t *failed_index);

/* child.c: the child's whole life; @work is a struct c3_work. */
int c3_child_main(void *work);

/* memory.c: a child's stack, with the work and @scratch bytes above it; NULL: no memory */
struct c3_work *c3_work_take(size_t scratch, struct clone3_stack *stack);
void c3_work_put(const struct clone3_stack *stack);

/* guard.c; call with all signals blocked. 0 or -errno */
int c3_guard_enter(void);
void c3_guard_leave(void);

/* leaving.c */
int c3_leaving_open(const struct clone3_plan *plan);
void c3_leaving_await(int leaving_fd);

#endif
