/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What /proc says of a process: the oracle of the C tests. */
#ifndef PROC_H
#define PROC_H

#include "tap.h"

#include <fcntl.h>
#include <sys/stat.h>

/* The kinds of namespace, with the name of each under /proc/PID/ns. */
static const struct {
	uint64_t flag;
	const char *name;
} namespace_kinds[] = {
	{ CLONE3_NEWCGROUP, "cgroup" }, { CLONE3_NEWIPC, "ipc" }, { CLONE3_NEWNS, "mnt" },
	{ CLONE3_NEWNET, "net" },       { CLONE3_NEWPID, "pid" }, { CLONE3_NEWTIME, "time" },
	{ CLONE3_NEWUSER, "user" },     { CLONE3_NEWUTS, "uts" },
};
#define NAMESPACE_KINDS (sizeof(namespace_kinds) / sizeof(namespace_kinds[0]))

/* The number after "@key:" in a file of /proc; @otherwise if there is none. */
static inline long long proc_number(const char *path, const char *key, int base,
				    long long otherwise)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(key);
	long long number = otherwise;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, key, length) == 0 && line[length] == ':') {
			number = strtoll(line + length + 1, NULL, base);
			break;
		}
	if (file)
		fclose(file);
	return number;
}

/* A number of /proc/PID/task/TID/status; 0 if it is not there. */
static inline uint64_t proc_status(pid_t pid, pid_t tid, const char *key, int base)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", (int)pid, (int)tid);
	return (uint64_t)proc_number(path, key, base, 0);
}

/* The process a pidfd refers to: -1 once it is reaped, -2 if it is not a pidfd. */
static inline int proc_fdinfo_pid(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return (int)proc_number(path, "Pid", 10, -2);
}

/* The inode number that identifies a namespace; 0 if the kernel has no such kind. */
static inline uint64_t proc_namespace(pid_t pid, const char *name)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	return stat(path, &status) == 0 ? (uint64_t)status.st_ino : 0;
}

#endif
