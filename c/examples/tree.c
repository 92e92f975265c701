/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A program and all that it starts, in a cgroup with limits, for so long and no longer:
 *
 *   tree CGROUP SECONDS [PROGRAM [ARG ...]]
 *
 * CGROUP is a directory of cgroup v2 in which the user may make another one. When the time is over,
 * or the program has ended, everything that is left of it is killed at once, however often it
 * forked. Without a program a shell is started that leaves two others behind.
 */
#define _GNU_SOURCE
#include <clone3.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A limit of a controller that was not handed down to the directory is told, and is no error. */
static void limit(int cgroup, const char *file, const char *value)
{
	int fd = openat(cgroup, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		fprintf(stderr, "without %s: its controller is not available here\n", file);
	if (fd >= 0)
		close(fd);
}

/* 0, or 1 after a message. */
static int run(const char *const *argv, int cgroup, double seconds)
{
	const struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_CGROUP,
		.path = argv[0],
		.argv = argv,
		.search_path = getenv("PATH"),
		.cgroup_fd = cgroup,
	};
	struct clone3_child child = { .size = sizeof(child) };
	struct clone3_exit end;
	int error = clone3_spawn(&plan, &child);

	if (error) {
		fprintf(stderr, "%s: %s: %s\n", argv[0], clone3_step_name(child.failed_step),
			strerror(child.error));
		return 1;
	}
	error = clone3_pidfd_wait_timeout(child.pidfd, 0, (int64_t)(seconds * 1e9), &end);
	if (error == 1)
		printf("%s ended, wait status %#x\n", argv[0], (unsigned int)end.wait_status);
	else
		printf("%s: %s\n", argv[0], strerror(-error));

	error = clone3_cgroup_kill(cgroup);
	if (!error)
		error = clone3_cgroup_wait_empty(cgroup, 5000000000);
	printf("killing what is left: %s\n", error ? strerror(-error) : "nothing is");
	clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &end); /* unless it was waited for */
	close(child.pidfd);
	return error != 0;
}

int main(int argc, const char **argv)
{
	const char *usual[] = { "sh", "-c", "sleep 1000 & (sleep 1000 & setsid sleep 1000) & wait",
				NULL };
	char path[4096];
	int failed;
	int cgroup;

	if (argc < 3 || !(atof(argv[2]) > 0)) {
		fprintf(stderr, "usage: %s CGROUP SECONDS [PROGRAM [ARG ...]]\n", argv[0]);
		return 2;
	}
	/* A new one each time: what was killed once kills what is born in it. */
	snprintf(path, sizeof(path), "%s/tree-%ld", argv[1], (long)getpid());
	if (mkdir(path, 0755) != 0 || (cgroup = open(path, O_PATH | O_CLOEXEC)) < 0) {
		perror(path);
		return 1;
	}
	limit(cgroup, "pids.max", "100");
	limit(cgroup, "memory.max", "268435456");
	failed = run(argc > 3 ? argv + 3 : usual, cgroup, atof(argv[2]));
	close(cgroup);
	if (rmdir(path) != 0) {
		perror(path);
		return 1;
	}
	return failed;
}
