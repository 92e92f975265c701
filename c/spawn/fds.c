/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The descriptor planner: turns a map, which holds for all entries at once, into single moves in an
 * order in which none overwrites what a later one needs. Pure: it makes no system call.
 */
#include "spawn.h"

/* An entry, sorted by target. */
struct entry {
	int32_t source;
	int32_t target;
	uint32_t index;
	int32_t uses; /* entries still to be done whose source this target is; -1: done */
};

/*
 * Entries, targets, a stack of entries that are ready, and moves: a cycle, of two at least, adds
 * one.
 */
size_t c3_moves_scratch(size_t count)
{
	return count * (sizeof(struct entry) + 2 * sizeof(int32_t) + 2 * sizeof(struct c3_move));
}

static int comes_later(const struct entry *a, const struct entry *b)
{
	return a->target > b->target || (a->target == b->target && a->index > b->index);
}

/* Shell's sort: in place, and fast enough for any table of descriptors. */
static void sort(struct entry *entries, size_t count)
{
	for (size_t gap = count / 2; gap > 0; gap /= 2)
		for (size_t i = gap; i < count; i++) {
			struct entry moving = entries[i];
			size_t j = i;

			for (; j >= gap && comes_later(&entries[j - gap], &moving); j -= gap)
				entries[j] = entries[j - gap];
			entries[j] = moving;
		}
}

static int32_t *find(const int32_t *numbers, size_t count, int32_t number)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (numbers[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && numbers[low] == number ? (int32_t *)&numbers[low] : NULL;
}

int c3_is_target(const struct c3_moves *moves, int fd)
{
	return find(moves->targets, moves->target_count, fd) != NULL;
}

/* The entry whose target is @fd and that overwrites it, or NULL. */
static struct entry *overwriter(struct entry *entries, const struct c3_moves *moves, int32_t fd)
{
	const int32_t *target = find(moves->targets, moves->target_count, fd);
	struct entry *entry = target ? &entries[target - moves->targets] : NULL;

	return entry && entry->source != entry->target ? entry : NULL;
}

static void add(struct c3_moves *moves, int32_t from, int32_t to, uint32_t index)
{
	moves->moves[moves->move_count++] = (struct c3_move){ .from = from,
							      .to = to,
							      .index = index };
}

/*
 * @scratch holds c3_moves_scratch(@count) bytes, aligned for a pointer, and the result. -EBADF: a
 * negative number; -EINVAL: a target that an earlier entry has; with the index.
 */
int c3_moves_plan(const struct clone3_fd *fds, size_t count, void *scratch, struct c3_moves *moves,
		  uint32_t *failed_index)
{
	struct entry *entries = scratch;
	struct c3_move *list = (struct c3_move *)(entries + count);
	int32_t *ready = (int32_t *)(list + 2 * count);
	size_t ready_count = 0;
	uint32_t second = UINT32_MAX;

	*moves = (struct c3_moves){ .moves = list, .targets = ready + count };
	for (size_t i = 0; i < count; i++) {
		if (fds[i].source < 0 || fds[i].target < 0) {
			*failed_index = (uint32_t)i;
			return -EBADF;
		}
		entries[i] = (struct entry){ fds[i].source, fds[i].target, (uint32_t)i, 0 };
	}
	sort(entries, count);
	for (size_t i = 0; i < count; i++) {
		moves->targets[i] = entries[i].target;
		if (i > 0 && entries[i].target == entries[i - 1].target &&
		    entries[i].index < second)
			second = entries[i].index;
	}
	moves->target_count = count;
	if (second != UINT32_MAX) {
		*failed_index = second;
		return -EINVAL;
	}

	for (size_t i = 0; i < count; i++) {
		struct entry *other = overwriter(entries, moves, entries[i].source);

		if (entries[i].source == entries[i].target)
			add(moves, entries[i].source, entries[i].target, entries[i].index);
		else if (other)
			other->uses++;
	}
	for (size_t i = 0; i < count; i++)
		if (entries[i].source != entries[i].target && entries[i].uses == 0)
			ready[ready_count++] = (int32_t)i;
	while (ready_count > 0) {
		struct entry *entry = &entries[ready[--ready_count]];
		struct entry *freed = overwriter(entries, moves, entry->source);

		add(moves, entry->source, entry->target, entry->index);
		entry->uses = -1;
		if (freed && --freed->uses == 0)
			ready[ready_count++] = (int32_t)(freed - entries);
	}
	/* What is left are cycles. One descriptor is set aside, then each place is free in turn. */
	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &entries[i];
		int32_t first = entry->target;

		if (entry->source == entry->target || entry->uses < 0)
			continue;
		add(moves, first, C3_ASIDE, entry->index);
		while (entry->uses > 0) {
			int32_t from = entry->source == first ? C3_ASIDE : entry->source;

			add(moves, from, entry->target, entry->index);
			entry->uses = -1;
			if (from != C3_ASIDE)
				entry = overwriter(entries, moves, from);
		}
	}
	return 0;
}
