/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Descriptors that can be told apart, and the ones that a started program finds open. */
#ifndef FD_MAP_H
#define FD_MAP_H

#include "spawn.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a number is open for, if it is no file of ours. */
#define FD_CLOSED -1
#define FD_OTHER -2

/* A file that is known by its number @id, in any process; at descriptor @fd, close-on-exec. */
static inline int file_at(int id, int fd)
{
	int file = (int)syscall(SYS_memfd_create, "file", 1 /* MFD_CLOEXEC */);

	if (file < 0 || ftruncate(file, 1000000 + id) != 0 ||
	    (fd != file && dup3(file, fd, O_CLOEXEC) != fd)) {
		printf("Bail out! no file at descriptor %d: %s\n", fd, strerror(errno));
		exit(1);
	}
	if (fd != file)
		close(file);
	return fd;
}

static inline int file_id(int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		return FD_CLOSED;
	return status.st_size >= 1000000 && status.st_size < 2000000 ?
		       (int)(status.st_size - 1000000) :
		       FD_OTHER;
}

/* In the program: each open descriptor and its file, into the report; the count is value 127. */
static inline int report_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return 1;
	while ((entry = readdir(directory)) && count < 63) {
		int fd = atoi(entry->d_name);

		if (entry->d_name[0] == '.' || fd == dirfd(directory))
			continue;
		report->value[2 * count] = fd;
		report->value[2 * count + 1] = file_id(fd);
		count++;
	}
	report->value[127] = count;
	closedir(directory);
	return 0;
}

/* In the test: what the program found at @fd. */
static inline int seen(int fd)
{
	for (int i = 0; i < report->value[127]; i++)
		if (report->value[2 * i] == fd)
			return (int)report->value[2 * i + 1];
	return FD_CLOSED;
}

/* How many descriptors above 2 it found open, the report's own not counted. */
static inline int seen_above_stdio(void)
{
	int count = 0;

	for (int i = 0; i < report->value[127]; i++)
		count += report->value[2 * i] > 2 && report->value[2 * i] != report_fd;
	return count;
}

static inline struct clone3_plan plan_with_fds(const char *what, const struct clone3_fd *fds,
					       size_t count)
{
	struct clone3_plan plan = plan_for(what);

	plan.steps = CLONE3_STEP_FDS;
	plan.fds = fds;
	plan.fd_count = count;
	return plan;
}

/* A soft limit on descriptor numbers; false if the hard one is lower. */
static inline bool limit_descriptors(uint64_t soft)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = (rlim_t)soft;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

#endif
