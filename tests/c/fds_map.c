/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FDS: the program's targets are the caller's sources, for all entries at once. */
#include "spawn.h"

/* Which of the caller's files each descriptor from 0 to 99 is: its inode, 0 if it is not open. */
static int program(const char *what)
{
	struct stat status;

	(void)what;
	for (int fd = 0; fd < 100; fd++)
		report->value[fd] = fstat(fd, &status) == 0 ? (int64_t)status.st_ino : 0;
	return 0;
}

static int64_t inode(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 ? (int64_t)status.st_ino : -1;
}

static int files[8];

static bool is_target(const struct clone3_fd *fds, size_t count, int fd)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i].target == fd)
			return true;
	return false;
}

/* One test: the program is started, each target is its source, and no other number is a file. */
static void maps(struct clone3_plan *plan, const struct clone3_fd *fds, size_t count,
		 const char *what)
{
	bool right = true;

	plan->fds = fds;
	plan->fd_count = count;
	runs(plan, 0, what);
	for (size_t i = 0; i < count; i++)
		right &= report->value[fds[i].target] == inode(fds[i].source);
	for (int fd = 0; fd < 100; fd++)
		for (int i = 0; i < 8; i++)
			right &= report->value[fd] != inode(files[i]) || is_target(fds, count, fd);
	ok(right, "%s: each target is its source, and nothing else is open", what);
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	bool kept = true;

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	report_open();
	for (int i = 0; i < 8; i++) {
		int fd = (int)syscall(SYS_memfd_create, "file", 1 /* MFD_CLOEXEC */);

		files[i] = fcntl(fd, F_DUPFD_CLOEXEC, 20 + i);
		close(fd);
	}
	plan = plan_for("inodes");
	plan.steps = CLONE3_STEP_FDS;

	const struct clone3_fd swap[] = { { 20, 21 }, { 21, 20 } };
	const struct clone3_fd cycle[] = { { 20, 21 }, { 21, 22 }, { 22, 20 } };
	const struct clone3_fd chain[] = { { 20, 21 }, { 21, 22 }, { 22, 30 } };
	const struct clone3_fd fan[] = { { 20, 0 }, { 20, 1 }, { 20, 31 }, { 20, 21 } };
	const struct clone3_fd self[] = { { 23, 23 }, { 24, 25 } };
	const struct clone3_fd two[] = { { 20, 21 }, { 21, 20 }, { 22, 23 },
					 { 23, 22 }, { 20, 50 }, { 22, 51 } };

	maps(&plan, swap, 2, "a swap");
	ok(report->value[22] == 0, "what is close-on-exec and no target is closed");
	maps(&plan, cycle, 3, "a cycle of three");
	maps(&plan, chain, 3, "a chain");
	maps(&plan, fan, 4, "one source for many");
	maps(&plan, self, 2, "a descriptor at its own number");
	maps(&plan, two, 6, "two swaps that others copy from");
	maps(&plan, NULL, 0, "no entry");
	for (int i = 0; i < 8; i++)
		kept &= fcntl(files[i], F_GETFD) == FD_CLOEXEC;
	ok(kept, "the caller's files are close-on-exec still");
	return done();
}
