/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The descriptor planner against a model: its moves, made in their order, have the map's effect. */
#include "fds_model.h"

static unsigned long long seed = 0x9e3779b97f4a7c15ULL;

static uint32_t next_random(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(seed >> 33) % below;
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
		*fault = fds_fault(fds, count);
		if (**fault)
			return map;
	}
	return maps;
}

int main(void)
{
	static struct clone3_fd fds[FDS_NUMBERS];
	const char *fault = "";
	struct c3_moves moves;
	void *scratch;
	uint32_t index;

	alarm(60);
	for (size_t count = 0; count <= 4; count++) {
		long maps = exhaust(count, &fault);

		if (!ok(!*fault, "all %ld maps of %zu entries over six numbers", maps, count))
			printf("# map %ld: %s\n", maps, fault);
	}

	int wrong = 0;

	for (int i = 0; i < 10000; i++) {
		uint32_t numbers = 2 + next_random(i % 100 ? 64 : FDS_NUMBERS - 2);
		size_t count = 1 + next_random(numbers);
		static int32_t targets[FDS_NUMBERS];

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
		fault = fds_fault(fds, count);
		if (*fault && wrong++ == 0)
			printf("# map %d of %zu entries: %s\n", i, count, fault);
	}
	is(wrong, 0, "10,000 random maps");

	fds[0] = (struct clone3_fd){ INT32_MAX, INT32_MAX - 1 };
	fds[1] = (struct clone3_fd){ INT32_MAX - 1, INT32_MAX };
	scratch = malloc(c3_moves_scratch(2));
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
