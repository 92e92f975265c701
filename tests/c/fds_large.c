/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS with thousands of entries: more than fits into the memory that is kept between spawns. */
#include "fd_map.h"

#define ENTRIES 2000
#define FIRST 50

/* All targets hold the file of the number that mirrors theirs. */
static int program(const char *what)
{
	(void)what;
	for (int i = 0; i < ENTRIES; i++)
		report->value[0] += file_id(FIRST + i) == ENTRIES - 1 - i;
	for (int i = ENTRIES; i < 2 * ENTRIES; i++)
		report->value[1] += fcntl(FIRST + i, F_GETFD) >= 0;
	return 0;
}

/* The library unmaps such memory at once. */
static bool leaves_no_mapping(const struct clone3_plan *plan)
{
	struct state before, after;
	struct clone3_child child;

	state_take(&before);
	for (int i = 0; i < 20; i++)
		if (fault_of_run(plan, 0, &child)[0])
			return false;
	state_take(&after);
	return after.mapping_count == before.mapping_count;
}

int main(int argc, char **argv)
{
	static struct clone3_fd reversal[ENTRIES + 1];
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	if (!limit_descriptors(FIRST + ENTRIES + 50)) {
		skip("fds_large", "not as many descriptors may be open");
		return done();
	}
	report_open();
	for (int i = 0; i < ENTRIES; i++) {
		file_at(i, FIRST + i);
		reversal[i] = (struct clone3_fd){ FIRST + i, FIRST + ENTRIES - 1 - i };
	}
	reversal[ENTRIES] = (struct clone3_fd){ report_fd, report_fd };
	plan = plan_with_fds("count", reversal, ENTRIES + 1);
	runs(&plan, 0, "2,000 entries that swap in pairs");
	is(report->value[0], ENTRIES, "all targets hold their sources");
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	runs(&plan, 0, "with CLOSE_OTHERS");
	is(report->value[0], ENTRIES, "all targets hold their sources");
	is(report->value[1], 0, "nothing is open above them");
	ok(leaves_no_mapping(&plan), "20 such spawns leave no mapping");

	reversal[ENTRIES - 1].target = reversal[0].target;
	refused(&plan, EINVAL, CLONE3_STEP_FDS, ENTRIES - 1, "the last repeats a target");
	return done();
}
