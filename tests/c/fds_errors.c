/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS fails with the index of the entry at fault, and nothing is left behind. */
#include "fd_map.h"

static int program(const char *what)
{
	(void)what;
	return report_descriptors();
}

static void refused_map(const struct clone3_fd *fds, size_t count, int error, uint32_t index,
			const char *what)
{
	struct clone3_plan plan = plan_with_fds("look", fds, count);
	struct clone3_plan closing = plan;
	char closing_what[128];

	refused(&plan, error, CLONE3_STEP_FDS, index, what);
	closing.steps |= CLONE3_STEP_CLOSE_OTHERS;
	snprintf(closing_what, sizeof(closing_what), "%s, with CLOSE_OTHERS", what);
	refused(&closing, error, CLONE3_STEP_FDS, index, closing_what);
}

#define REFUSED(error, index, what, ...)                                                           \
	do {                                                                                       \
		const struct clone3_fd map[] = { __VA_ARGS__ };                                    \
		refused_map(map, COUNT(map), error, index, what);                                  \
	} while (0)

static int lowest_free(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct clone3_child child;
	int unused;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	file_at(20, 20);
	file_at(21, 21);
	unused = lowest_free();

	REFUSED(EBADF, 0, "a source that is not open", { 30, 40 });
	REFUSED(EBADF, 1, "the second source is not open", { 20, 40 }, { 30, 41 }, { 21, 42 });
	REFUSED(EBADF, 1, "onto itself, and not open", { 20, 20 }, { 30, 30 });
	REFUSED(EBADF, 0, "a swap with one that is not open", { 30, 20 }, { 20, 30 });
	REFUSED(EBADF, 0, "the number that the pidfd gets is not open", { unused, 40 });
	REFUSED(EBADF, 0, "the number that the pidfd gets, onto itself", { unused, unused });
	REFUSED(EBADF, 0, "a number beyond all limits", { INT32_MAX, 40 });

	REFUSED(EBADF, 0, "a negative source", { -1, 40 });
	REFUSED(EBADF, 1, "a negative target", { 20, 40 }, { 20, -1 });
	REFUSED(EBADF, 0, "AT_FDCWD is no source", { -100, 40 });
	REFUSED(EBADF, 1, "the lowest number there is", { 20, 40 }, { INT32_MIN, INT32_MIN });

	REFUSED(EINVAL, 1, "a target twice", { 20, 40 }, { 21, 40 });
	REFUSED(EINVAL, 1, "the same entry twice", { 20, 20 }, { 20, 20 });
	REFUSED(EINVAL, 3, "a target twice among others", { 20, 40 }, { 21, 41 }, { 20, 42 },
		{ 20, 41 }, { 20, 40 });

	plan = plan_with_fds("look", NULL, 1);
	refused(&plan, EINVAL, CLONE3_STEP_FDS, 0, "no array");
	plan = plan_with_fds("look", (const struct clone3_fd[]){ { 20, 20 } }, SIZE_MAX);
	refused(&plan, EINVAL, CLONE3_STEP_FDS, 0, "a count beyond all limits");
	plan = plan_with_fds("look", (const struct clone3_fd[]){ { 20, 20 } }, 1);
	plan.steps = 0;
	refused(&plan, EINVAL, CLONE3_STEP_FDS, 0, "a map without its step");

	plan = plan_with_fds("look", (const struct clone3_fd[]){ { 20, 41 }, { 21, 40 } }, 2);
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = "/nonexistent";
	refused(&plan, ENOENT, CLONE3_STEP_CWD, 0, "a later step's error has no index of the map");

	/* Optional: what was done before the entry at fault stays done. */
	plan = plan_with_fds("look", (const struct clone3_fd[]){ { 20, 40 }, { 30, 41 } }, 2);
	plan.optional = CLONE3_STEP_FDS;
	child = runs(&plan, 0, "optional, with a source that is not open");
	is(child.omitted, CLONE3_STEP_FDS, "optional: it is reported");
	is(seen(41), FD_CLOSED, "optional: the entry at fault did nothing");
	plan.fds = (const struct clone3_fd[]){ { report_fd, report_fd }, { 30, 41 } };
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	fcntl(20, F_SETFD, 0);
	child = runs(&plan, 0, "optional, with CLOSE_OTHERS");
	is(child.omitted, CLONE3_STEP_FDS, "optional, with CLOSE_OTHERS: the map alone is omitted");
	is(seen_above_stdio(), 0, "optional, with CLOSE_OTHERS: others are closed");
	return done();
}
