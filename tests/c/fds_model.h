/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A model of the descriptor planner: what is wrong with the moves that it makes of a map. */
#ifndef FDS_MODEL_H
#define FDS_MODEL_H

#include "tap.h"

#include "../../c/spawn/spawn.h"

/* Sources and targets are below this. */
#define FDS_NUMBERS 1024

/* Bytes behind the scratch that must stay as they are; none where a sanitizer sees to that. */
#ifndef FDS_GUARD
#define FDS_GUARD 64
#endif

/* What each number refers to: itself at first. The moves read and write this. */
static int fds_table[FDS_NUMBERS];
static bool fds_stays[FDS_NUMBERS]; /* not close-on-exec afterwards */

/* "" or what is wrong with the moves for a map without duplicates. */
static inline const char *fds_fault_of_moves(const struct clone3_fd *fds, size_t count,
					     const struct c3_moves *moves)
{
	int aside = -1;

	for (int i = 0; i < FDS_NUMBERS; i++) {
		fds_table[i] = i;
		fds_stays[i] = false;
	}
	if (moves->move_count > 2 * count)
		return "more moves than there is room for";
	for (size_t i = 0; i < moves->move_count; i++) {
		const struct c3_move *move = &moves->moves[i];

		if (move->index >= count)
			return "an index outside of the map";
		if (move->to == C3_ASIDE) {
			aside = fds_table[move->from];
			continue;
		}
		if (move->from == C3_ASIDE) {
			fds_table[move->to] = aside;
			aside = -1;
		} else {
			fds_table[move->to] = fds_table[move->from];
		}
		fds_stays[move->to] = true;
		if (move->to != fds[move->index].target)
			return "a move whose index is another entry's";
	}
	for (size_t i = 0; i < count; i++)
		if (fds_table[fds[i].target] != fds[i].source || !fds_stays[fds[i].target])
			return "a target that is not its source";
	for (int i = 0; i < FDS_NUMBERS; i++)
		if (fds_stays[i] != (c3_is_target(moves, i) != 0))
			return "c3_is_target() differs";
	return "";
}

/* The errno that a map deserves, and the entry at fault: a negative number comes first. */
static inline int fds_verdict(const struct clone3_fd *fds, size_t count, size_t *fault)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i].source < 0 || fds[i].target < 0) {
			*fault = i;
			return -EBADF;
		}
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (fds[i].target == fds[j].target) {
				*fault = i;
				return -EINVAL;
			}
	return 0;
}

/* "" or what is wrong with the planner's answer. */
static inline const char *fds_fault(const struct clone3_fd *fds, size_t count)
{
	size_t size = c3_moves_scratch(count), at_fault = 0;
	unsigned char *scratch = malloc(size + FDS_GUARD);
	int verdict = fds_verdict(fds, count, &at_fault);
	const char *fault = "";
	struct c3_moves moves;
	uint32_t index = 77;

	memset(scratch + size, 0xa5, FDS_GUARD);

	int result = c3_moves_plan(fds, count, scratch, &moves, &index);

	for (size_t i = 0; i < FDS_GUARD; i++)
		if (scratch[size + i] != 0xa5)
			fault = "written behind the scratch";
	if (result != verdict)
		fault = verdict ? "a bad map is not refused" : "refused";
	else if (verdict && index != at_fault)
		fault = "another entry is told to be at fault";
	else if (!verdict && !*fault)
		fault = fds_fault_of_moves(fds, count, &moves);
	free(scratch);
	return fault;
}

#endif
