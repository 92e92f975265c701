/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The descriptor planner against a model: its moves, made in their order, have the map's effect. */
#include "tap.h"

#include "../../c/spawn/fds.c"

#define NUMBERS 1024

static unsigned long long seed = 0x9e3779b97f4a7c15ULL;

static uint32_t next_random(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
}

/* What each number refers to: itself at first. The moves read and write this. */
static int table[NUMBERS];
static bool stays[NUMBERS]; /* not close-on-exec afterwards */

/* "" or what is wrong with the moves for a map without duplicates. */
static const char *fault_of_moves(const struct clone3_fd *fds, size_t count,
				  const struct c3_moves *moves)
{
	int aside = -1;

	for (int i = 0; i < NUMBERS; i++) {
		table[i] = i;
		stays[i] = false;
	}
	if (moves->move_count > 2 * count)
		return "more moves than there is room for";
	for (size_t i = 0; i < moves->move_count; i++) {
		const struct c3_move *move = &moves->moves[i];

		if (move->index >= count)
			return "an index outside of the map";
		if (move->to == C3_ASIDE) {
			aside = table[move->from];
			continue;
		}
		if (move->from == C3_ASIDE) {
			table[move->to] = aside;
			aside = -1;
		} else {
			table[move->to] = table[move->from];
		}
		stays[move->to] = true;
		if (move->to != fds[move->index].target)
			return "a move whose index is another entry's";
	}
	for (size_t i = 0; i < count; i++)
		if (table[fds[i].target] != fds[i].source || !stays[fds[i].target])
			return "a target that is not its source";
	for (int i = 0; i < NUMBERS; i++)
		if (stays[i] != (c3_is_target(moves, i) != 0))
			return "c3_is_target() differs";
	return "";
}

static size_t second_of_duplicates(const struct clone3_fd *fds, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (fds[i].target == fds[j].target)
				return i;
	return count;
}

static void *scratch;

static const char *fault_of_plan(const struct clone3_fd *fds, size_t count)
{
	struct c3_moves moves;
	uint32_t index = 77;
	size_t second = second_of_duplicates(fds, count);
	size_t size = c3_moves_scratch(count);
	unsigned char *end = (unsigned char *)scratch + size;

	memset(end, 0xa5, 64);

	int result = c3_moves_plan(fds, count, scratch, &moves, &index);

	for (int i = 0; i < 64; i++)
		if (end[i] != 0xa5)
			return "written behind the scratch";
	if (second < count)
		return result == -EINVAL && index == second ? "" : "a duplicate is not refused";
	return result ? "refused" : fault_of_moves(fds, count, &moves);
}

/* Every map of @count entries over six numbers. */
static long exhaust(size_t count, const char **fault)
{
	struct clone3_fd fds[4];
	long maps = 1;

	for (size_t i = 0; i < 2 * count; i++)
		maps *= 6;
	for (long map = 0; map < maps; map++) {
		long rest = map;

		for (size_t i = 0; i < count; i++) {
			fds[i].source = (int32_t)(rest % 6);
			fds[i].target = (int32_t)(rest / 6 % 6);
			rest /= 36;
		}
		*fault = fault_of_plan(fds, count);
		if (**fault)
			return map;
	}
	return maps;
}

int main(void)
{
	static struct clone3_fd fds[NUMBERS];
	const char *fault = "";
	struct c3_moves moves;
	uint32_t index;

	alarm(60);
	scratch = malloc(c3_moves_scratch(NUMBERS) + 64);
	for (size_t count = 0; count <= 4; count++) {
		long maps = exhaust(count, &fault);

		if (!ok(!*fault, "all %ld maps of %zu entries over six numbers", maps, count))
			printf("# map %ld: %s\n", maps, fault);
	}

	int wrong = 0;

	for (int i = 0; i < 10000; i++) {
		uint32_t numbers = 2 + next_random(i % 100 ? 64 : NUMBERS - 2);
		size_t count = 1 + next_random(numbers);
		static int32_t targets[NUMBERS];

		/* Mostly without duplicates: the first @count of a shuffle. */
		for (uint32_t j = 0; j < numbers; j++)
			targets[j] = (int32_t)j;
		for (size_t j = 0; j < count; j++) {
			uint32_t k = (uint32_t)j + next_random(numbers - (uint32_t)j);
			int32_t target = targets[k];

			targets[k] = targets[j];
			targets[j] = target;
			fds[j].target = target;
			fds[j].source = (int32_t)next_random(numbers);
		}
		if (next_random(20) == 0 && count > 1)
			fds[count - 1].target = fds[0].target;
		fault = fault_of_plan(fds, count);
		if (*fault && wrong++ == 0)
			printf("# map %d of %zu entries: %s\n", i, count, fault);
	}
	is(wrong, 0, "10,000 random maps");

	fds[0] = (struct clone3_fd){ INT32_MAX, INT32_MAX - 1 };
	fds[1] = (struct clone3_fd){ INT32_MAX - 1, INT32_MAX };
	is(c3_moves_plan(fds, 2, scratch, &moves, &index), 0, "the largest numbers");
	is(moves.move_count, 3, "are swapped in three moves");
	fds[1].source = -1;
	is(c3_moves_plan(fds, 2, scratch, &moves, &index), -EBADF, "a negative source");
	is(index, 1, "and its index");
	fds[0].target = -5;
	is(c3_moves_plan(fds, 2, scratch, &moves, &index), -EBADF, "a negative target");
	is(index, 0, "and its index");
	free(scratch);
	return done();
}
