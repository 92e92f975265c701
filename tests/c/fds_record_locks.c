/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The caller's POSIX record locks outlive spawns with CLOSE_OTHERS, good ones and failing ones. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	return 3;
}

/* F_GETLK of another process: whether the file is locked. */
static int is_locked(void *pointer)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(*(int *)pointer, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

int main(int argc, char **argv)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	report_open();

	int file = (int)syscall(SYS_memfd_create, "locked", 1);
	const struct clone3_fd map[] = { { report_fd, report_fd } };
	struct clone3_plan plan = plan_for("locks");

	is(fcntl(file, F_SETLK, &lock), 0, "a lock");
	is(apart(is_locked, &file), 1, "others see it");
	plan.steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = map;
	plan.fd_count = 1;
	runs(&plan, 3, "a spawn with the others closed");
	is(apart(is_locked, &file), 1, "it is still there");
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = "/no/such/directory";
	refused(&plan, ENOENT, CLONE3_STEP_CWD, 0, "one that fails");
	is(apart(is_locked, &file), 1, "it is still there");
	return done();
}
