/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cgroups for the C tests: made below the cgroup v2 mount, filled, and removed. */
#ifndef CGROUP_DIR_H
#define CGROUP_DIR_H

#include "child.h"

#include <sys/stat.h>

struct cgroup {
	char path[512];
	int fd; /* of the directory, O_RDONLY */
};

/* The first mount of a file system type; false if there is none. */
static inline bool mount_of(const char *type, char *path, size_t size)
{
	FILE *file = fopen("/proc/mounts", "re");
	char line[1024], where[512], what[64];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %511s %63s", where, what) == 2 && strcmp(what, type) == 0) {
			snprintf(path, size, "%.*s", (int)size - 1, where);
			found = true;
		}
	if (file)
		fclose(file);
	return found;
}

/*
 * A fresh one below @parent, or below the mount if that is NULL. False where it is not allowed. Not
 * named for the pid, which a process in another pid namespace may have, too.
 */
static inline bool cgroup_make(const struct cgroup *parent, struct cgroup *cgroup)
{
	char base[256];

	cgroup->fd = -1;
	if (parent)
		snprintf(base, sizeof(base), "%.*s", (int)sizeof(base) - 1, parent->path);
	else if (!mount_of("cgroup2", base, sizeof(base)))
		return false;
	snprintf(cgroup->path, sizeof(cgroup->path), "%s/libclone3-test-XXXXXX", base);
	if (!mkdtemp(cgroup->path) || chmod(cgroup->path, 0755) != 0)
		return false;
	cgroup->fd = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return cgroup->fd >= 0;
}

/* Remove the directory, which becomes possible a moment after its last process was reaped. */
static inline bool cgroup_rmdir(const struct cgroup *cgroup)
{
	for (int i = 0; i < 2000; i++) {
		if (rmdir(cgroup->path) == 0)
			return true;
		if (errno != EBUSY)
			return false;
		sleep_ms(1);
	}
	return false;
}

static inline void cgroup_remove(struct cgroup *cgroup)
{
	cgroup_rmdir(cgroup);
	close(cgroup->fd);
	cgroup->fd = -1;
}

static inline bool cgroup_write(const struct cgroup *cgroup, const char *name, const char *text)
{
	int fd = openat(cgroup->fd, name, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return written;
}

/* Move the calling process into it. */
static inline bool cgroup_join(const struct cgroup *cgroup)
{
	return cgroup_write(cgroup, "cgroup.procs", "0");
}

/* Linux before 5.14 has no cgroup.kill. */
static inline bool cgroup_can_be_killed(const struct cgroup *cgroup)
{
	return faccessat(cgroup->fd, "cgroup.kill", F_OK, 0) == 0;
}

/* What the kernel says in cgroup.events: 1, 0, or -1 where it cannot be read. */
static inline int cgroup_populated(const struct cgroup *cgroup)
{
	char text[256] = "";
	int fd = openat(cgroup->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (length <= 0 || !strstr(text, "populated "))
		return -1;
	return strstr(text, "populated ")[10] - '0';
}

#endif
