/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the tests of namespaces share: who may make them, maps, and places to try mounts. */
#ifndef SPAWN_NAMESPACE_H
#define SPAWN_NAMESPACE_H

#include "spawn.h"

#include <sched.h>
#include <sys/mount.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static inline bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return written;
}

/* "" if it cannot be read. */
static inline void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t got = 1;

	while (fd >= 0 && length < size - 1 && got > 0) {
		got = read(fd, text + length, size - 1 - length);
		length += got > 0 ? (size_t)got : 0;
	}
	text[length] = 0;
	if (fd >= 0)
		close(fd);
}

/* In a process apart: an ordinary user's, whoever runs the tests. */
static inline bool be_ordinary(void)
{
	return geteuid() != 0 || be_nobody();
}

/* Into new namespaces of kinds that are CLONE_NEW*, as root of a new user namespace among them. */
static inline bool become_root_of(int kinds)
{
	char uid[32], gid[32];

	snprintf(uid, sizeof(uid), "0 %u 1", getuid());
	snprintf(gid, sizeof(gid), "0 %u 1", getgid());
	return unshare(CLONE_NEWUSER | kinds) == 0 && write_text("/proc/self/setgroups", "deny") &&
	       write_text("/proc/self/uid_map", uid) && write_text("/proc/self/gid_map", gid);
}

static inline int ordinary_may(void *unused)
{
	(void)unused;
	return be_ordinary() && become_root_of(CLONE_NEWUTS);
}

/* Whether the system lets ordinary users have user namespaces, and rights in them. */
static inline bool ordinary_users_may(void)
{
	return apart(ordinary_may, NULL) == 1;
}

/* In a time namespace that the program will be in: before Linux 6.2 the child is there already. */
static inline bool time_offsets_can_be_set(void)
{
	struct clone3_plan plan = plan_for("clocks");
	struct clone3_child child = child_record();

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_TIME_OFFSETS;
	plan.namespaces = CLONE3_NEWTIME;
	if (!has_capability(TEST_CAP_SYS_ADMIN))
		plan.namespaces |= CLONE3_NEWUSER;
	plan.monotonic_offset_ns = 1;
	if (clone3_spawn(&plan, &child) != 0)
		return child.error != EACCES || child.failed_step != CLONE3_STEP_TIME_OFFSETS;
	close(child.pidfd);
	reap(child.pid);
	return true;
}

/* The caller's own ids become @inside, by maps that anybody may write. */
static inline void map_own_ids(struct clone3_plan *plan, uint32_t inside)
{
	static struct clone3_id_range uid, gid;

	uid = (struct clone3_id_range){ inside, getuid(), 1 };
	gid = (struct clone3_id_range){ inside, getgid(), 1 };
	plan->steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_UID_MAP |
		       CLONE3_STEP_GID_MAP;
	plan->namespaces |= CLONE3_NEWUSER;
	plan->uid_map = &uid;
	plan->gid_map = &gid;
	plan->uid_map_count = plan->gid_map_count = 1;
}

/* Inode numbers of all kinds, in the order of namespace_kinds, by the /proc that is here. */
static inline void namespaces_here(int64_t *inodes)
{
	char path[32];
	struct stat status;

	for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", namespace_kinds[i].name);
		inodes[i] = stat(path, &status) == 0 ? (int64_t)status.st_ino : 0;
	}
}

/* The kinds in which two processes differ. */
static inline uint64_t namespaces_differing(const int64_t *a, const int64_t *b)
{
	uint64_t kinds = 0;

	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (a[i] != b[i])
			kinds |= namespace_kinds[i].flag;
	return kinds;
}

/* The kinds that the kernel was built with. */
static inline uint64_t namespaces_known(void)
{
	uint64_t kinds = 0;

	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (proc_namespace(getpid(), namespace_kinds[i].name) != 0)
			kinds |= namespace_kinds[i].flag;
	return kinds;
}

/*
 * In a process apart: a mount namespace in which everything is shared, as on most systems, but with
 * nobody outside. For a caller that may.
 */
static inline bool be_in_shared_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_SHARED, NULL) == 0;
}

/* Mounts that are nowhere yet, by the kernel's numbers, which are the same everywhere; or -1. */
static inline int detached_tmpfs(void)
{
	int fs = (int)syscall(430 /* fsopen */, "tmpfs", 1 /* close-on-exec */);
	int fd = -1;

	if (syscall(431 /* fsconfig */, fs, 6 /* create */, NULL, NULL, 0) == 0)
		fd = (int)syscall(432 /* fsmount */, fs, 1 /* close-on-exec */, 0);
	if (fs >= 0)
		close(fs);
	return fd;
}

static inline int detached_tree(const char *path)
{
	return (int)syscall(428 /* open_tree */, AT_FDCWD, path,
			    1 /* clone */ | 0x8000 /* recursive */ | O_CLOEXEC);
}

/* A kernel's first root, which a guest of a few files may still have, cannot be pivoted away. */
static inline bool root_can_change(void)
{
	char mounts[16384];

	read_text("/proc/self/mounts", mounts, sizeof(mounts));
	return !strstr(mounts, "rootfs / rootfs");
}

static inline int mount_count(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	int count = 0;
	int c;

	while (file && (c = getc(file)) != EOF)
		count += c == '\n';
	if (file)
		fclose(file);
	return count;
}

#endif
