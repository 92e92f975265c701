/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The cgroup id of clone3_pidfd_get_info is the inode number of the cgroup's directory. */
#include "cgroup_dir.h"
#include "raw_info.h"

struct shared {
	struct cgroup cgroup;
	int ready;
};

static int join(void *argument)
{
	struct shared *shared = argument;

	if (cgroup_join(&shared->cgroup))
		announce(&shared->ready);
	return child_pauses(NULL);
}

int main(void)
{
	struct clone3_pidfd_info info = { .size = sizeof(info), .mask = CLONE3_INFO_CGROUPID };
	struct raw_info raw;
	struct state before;
	struct stat directory;

	alarm(60);

	struct shared *shared = shared_memory(sizeof(*shared));

	state_take(&before);
	if (!cgroup_make(NULL, &shared->cgroup)) {
		skip("info_cgroup", "no right to make a cgroup");
		return done();
	}

	struct child child = child_start(join, shared);

	await(&shared->ready);
	fstat(shared->cgroup.fd, &directory);

	int answer = clone3_pidfd_get_info(child.pidfd, &info);

	if (raw_info(child.pidfd, CLONE3_INFO_CGROUPID, &raw) != 0) {
		is(answer, -ENOSYS, "before 6.13");
		skip("info_cgroup", "the kernel is older than 6.13");
	} else {
		is(answer, 0, "get_info");
		is(info.mask & CLONE3_INFO_CGROUPID, CLONE3_INFO_CGROUPID, "it is filled");
		is(info.cgroup_id, directory.st_ino, "it is the directory's inode number");
	}
	child_end(&child);
	cgroup_remove(&shared->cgroup);
	nothing_left(&before, "a cgroup's id");
	return done();
}
