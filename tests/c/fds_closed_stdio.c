/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A caller without 0, 1 and 2: the pidfd gets such a number, and the program never sees it. */
#include "fd_map.h"

static int program(const char *what)
{
	(void)what;
	return report_descriptors();
}

struct request {
	uint64_t steps;
	struct clone3_fd map[2];
	size_t count;
	int expected[3]; /* what 0, 1 and 2 are in the program */
};

static const char *runs_without_stdio(const void *pointer)
{
	const struct request *request = pointer;
	struct clone3_plan plan = plan_with_fds("look", request->map, request->count);
	const char *fault;

	plan.steps = request->steps;
	if (!(plan.steps & CLONE3_STEP_FDS)) {
		plan.fds = NULL;
		plan.fd_count = 0;
	}
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	fault = fault_of_run(&plan, 0, NULL);
	for (int fd = 0; fd < 3 && !fault[0]; fd++)
		if (seen(fd) != request->expected[fd])
			fault = "0, 1 or 2 is another file than expected";
	return fault;
}

static const char *refuses_without_stdio(const void *pointer)
{
	const struct request *request = pointer;
	struct clone3_plan plan = plan_with_fds("look", request->map, request->count);

	plan.steps = request->steps;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	return fault_of_refusal(&plan, EBADF, CLONE3_STEP_FDS, 1);
}

int main(int argc, char **argv)
{
	const uint64_t closing = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	struct request bare = { .expected = { FD_CLOSED, FD_CLOSED, FD_CLOSED } };
	struct request mapped = { .count = 2, .expected = { FD_CLOSED, 20, FD_CLOSED } };
	struct request absent = { .count = 2 };

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	file_at(20, 20);
	mapped.map[0] = absent.map[0] = (struct clone3_fd){ report_fd, report_fd };
	mapped.map[1] = (struct clone3_fd){ 20, 1 };
	absent.map[1] = (struct clone3_fd){ 0, 40 };

	holds_apart(runs_without_stdio, &bare, "no step: all three stay closed");
	mapped.steps = CLONE3_STEP_FDS;
	holds_apart(runs_without_stdio, &mapped, "a file at 1: the others stay closed");
	mapped.steps = closing;
	holds_apart(runs_without_stdio, &mapped, "the same with CLOSE_OTHERS");
	absent.steps = CLONE3_STEP_FDS;
	holds_apart(refuses_without_stdio, &absent, "0 is no source");
	absent.steps = closing;
	holds_apart(refuses_without_stdio, &absent, "the same with CLOSE_OTHERS");
	return done();
}
