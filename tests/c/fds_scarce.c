/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS where numbers are scarce: at the limit, and in a full table. */
#include "fd_map.h"

#define LIMIT 64

static int program(const char *what)
{
	(void)what;
	return report_descriptors();
}

/* Open all numbers below the limit but @unused. */
static void fill(int unused)
{
	int fd;

	while ((fd = fcntl(0, F_DUPFD_CLOEXEC, 3)) >= 0)
		;
	for (fd = LIMIT - 3 - unused; fd < LIMIT - 3; fd++)
		close(fd);
}

static void empty(void)
{
	for (int fd = 3; fd < LIMIT - 2; fd++)
		if (fd != report_fd)
			close(fd);
}

int main(int argc, char **argv)
{
	const struct clone3_fd at_limit[] = { { LIMIT - 1, LIMIT } };
	const struct clone3_fd swap[] = { { LIMIT - 1, LIMIT - 2 }, { LIMIT - 2, LIMIT - 1 } };
	struct clone3_fd swaps[40];
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	limit_descriptors(LIMIT);
	file_at(1, LIMIT - 1);
	file_at(2, LIMIT - 2);

	plan = plan_with_fds("look", at_limit, 1);
	refused(&plan, EBADF, CLONE3_STEP_FDS, 0, "the first number that the limit forbids");

	plan = plan_with_fds("look", swap, 2);
	runs(&plan, 0, "a swap of the two highest numbers");
	ok(seen(LIMIT - 2) == 1 && seen(LIMIT - 1) == 2, "they are swapped");
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = (const struct clone3_fd[]){ swap[0], swap[1], { report_fd, report_fd } };
	plan.fd_count = 3;
	runs(&plan, 0, "the same with CLOSE_OTHERS");
	ok(seen(LIMIT - 2) == 1 && seen(LIMIT - 1) == 2, "they are swapped");

	/* The program has to make way, and there is no number above. */
	plan = plan_with_fds("look", (const struct clone3_fd[]){ { 0, LIMIT - 1 } }, 1);
	plan.steps |= CLONE3_STEP_EXEC_FD;
	plan.path = NULL;
	plan.exec_fd = LIMIT - 1;
	refused(&plan, EMFILE, CLONE3_STEP_FDS, 0, "nothing can be set aside");

	/* Each swap sets one aside: one number at a time is enough for all. */
	for (int i = 0; i < 40; i++) {
		file_at(100 + i, 10 + i);
		swaps[i] = (struct clone3_fd){ 10 + i, 10 + (i ^ 1) };
	}
	plan = plan_with_fds("look", swaps, 40);
	runs(&plan, 0, "20 swaps with 10 numbers to spare");
	ok(seen(10) == 101 && seen(11) == 100 && seen(48) == 139, "they are swapped");

	/* The table is full: there is no number for a pidfd, or none to set one aside. */
	fill(0);
	plan = plan_with_fds("look", swap, 2);
	refused(&plan, EMFILE, CLONE3_STEP_CLONE, 0, "a full table");
	empty();
	fill(2);
	plan = plan_with_fds("look", swap, 2);
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = (const struct clone3_fd[]){ swap[0], swap[1], { report_fd, report_fd } };
	plan.fd_count = 3;
	runs(&plan, 0, "a swap with CLOSE_OTHERS while two numbers are free");
	ok(seen(LIMIT - 2) == 1 && seen(LIMIT - 1) == 2, "they are swapped");
	return done();
}
