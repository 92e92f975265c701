/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* From a process with 10,000 descriptors: the program has those that it should have. */
#include "spawn.h"

#define FIRST 200
#define COUNT 10000

static int program(const char *what)
{
	(void)what;
	for (int fd = 3; fd < FIRST + COUNT + 100; fd++)
		report->value[0] += fcntl(fd, F_GETFD) >= 0;
	report->value[1] = fcntl(50, F_GETFD) == 0;
	return 0;
}

static int close_on_exec(void)
{
	int count = 0;

	for (int fd = FIRST; fd < FIRST + COUNT; fd++)
		count += fcntl(fd, F_GETFD) == FD_CLOEXEC;
	return count;
}

int main(int argc, char **argv)
{
	struct clone3_fd map[2];
	struct clone3_plan plan;
	struct clone3_child child;
	struct rlimit limit;
	int open_now;

	if (argc > 1)
		return program_main(argv, program);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	report_open();
	if (dup2(0, FIRST + COUNT + 99) < 0) {
		skip("spawn_many_descriptors", "not as many descriptors may be open");
		return done();
	}
	for (int fd = FIRST; fd < FIRST + COUNT + 100; fd++)
		close(fd);
	plan = plan_for("descriptors");
	runs(&plan, 0, "with few");
	open_now = (int)report->value[0];
	for (int fd = FIRST; fd < FIRST + COUNT; fd++)
		dup3(0, fd, fd % 2 ? O_CLOEXEC : 0);
	runs(&plan, 0, "with many");
	is(report->value[0], open_now + COUNT / 2, "those that are close-on-exec are closed");

	map[0] = (struct clone3_fd){ report_fd, report_fd };
	map[1] = (struct clone3_fd){ 0, 50 };
	plan.steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = map;
	plan.fd_count = 2;
	child = runs(&plan, 0, "others closed, low sources");
	is(report->value[0], 2, "only the targets are open");
	is(report->value[1], 1, "at their numbers");
	/* CLOSE_RANGE_CLOEXEC, which the kernel has since 5.11 */
	if (syscall(SYS_close_range, ~0U, ~0U, 4) == 0)
		is(child.emulated, 0, "by the kernel's own means");
	else
		is(child.emulated, CLONE3_STEP_CLOSE_OTHERS, "by hand, before Linux 5.11");
	map[1].source = FIRST + COUNT - 1;
	runs(&plan, 0, "others closed, a high source");
	is(report->value[0], 2, "only the targets are open");
	is(close_on_exec(), COUNT / 2, "the caller's descriptors are as before");
	return done();
}
