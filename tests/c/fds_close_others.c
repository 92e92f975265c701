/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLOSE_OTHERS: the program has 0 to 2 and the targets, and the caller keeps all it had. */
#include "spawn.h"

#include <sys/resource.h>

static int program(const char *what)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int at = 0;

	(void)what;
	while (directory && (entry = readdir(directory)) && at < 100) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] != '.' && fd != dirfd(directory))
			report->value[++at] = fd;
	}
	report->value[0] = at;
	return 0;
}

static bool has(int fd)
{
	for (int i = 1; i <= report->value[0]; i++)
		if (report->value[i] == fd)
			return true;
	return false;
}

/* One test: the program's descriptors are the standard ones that are open here, and these. */
static void only(const int *fds, size_t count, const char *what)
{
	bool right = true;
	int standard = 0;

	for (int fd = 0; fd < 3; fd++)
		standard += has(fd);
	for (size_t i = 0; i < count; i++)
		right &= has(fds[i]);
	ok(right && report->value[0] == standard + (int)count, "%s: nothing else is open", what);
}

int main(int argc, char **argv)
{
	struct rlimit limit;

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	if (fcntl(3, F_GETFD) < 0)
		dup2(2, 3); /* the first number that is closed, and no target */
	report_open();

	/* The report needs a number that is a target, or it would be closed. */
	const struct clone3_fd map[] = { { report_fd, report_fd }, { 1, 9 }, { 2, 70 } };
	const int targets[] = { report_fd, 9, 70 };
	struct clone3_plan plan = plan_for("descriptors");
	int many = 3;

	plan.steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = map;
	plan.fd_count = 3;
	runs(&plan, 0, "a few descriptors");
	only(targets, 3, "a few descriptors");

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 10100 ? limit.rlim_max : 10100;
	setrlimit(RLIMIT_NOFILE, &limit);
	while (many < 10000 && dup(1) >= 0) /* not close-on-exec */
		many++;
	runs(&plan, 0, "thousands");
	only(targets, 3, "thousands");
	ok(fcntl(many, F_GETFD) == 0 && fcntl(report_fd, F_GETFD) == 0,
	   "the caller's %d descriptors are as they were", many);

	/* A source with a high number: the table is copied up to there. */
	const struct clone3_fd high[] = { { report_fd, report_fd }, { many, 5 } };
	const int high_targets[] = { report_fd, 5 };

	plan.fds = high;
	plan.fd_count = 2;
	runs(&plan, 0, "a high source");
	only(high_targets, 2, "a high source");

	/* Standard descriptors that are closed here are closed there. */
	close(0);
	plan.fds = map;
	plan.fd_count = 3;
	runs(&plan, 0, "standard input closed");
	ok(!has(0), "it stays closed");
	only(targets, 3, "standard input closed");
	return done();
}
