/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The ioctl PIDFD_GET_INFO itself, for tests to compare with. */
#ifndef RAW_INFO_H
#define RAW_INFO_H

#include "tap.h"

/* The kernel's struct pidfd_info as far as it is the same in all versions. */
struct raw_info {
	uint64_t mask;
	uint64_t cgroup_id;
	uint32_t pid, tgid, ppid;
	uint32_t ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
	int32_t exit_code;
	uint32_t coredump_mask;
	uint32_t coredump_signal;
	uint64_t changed_in_7_1[2];
};

_Static_assert(sizeof(struct raw_info) == 88, "struct pidfd_info of Linux 7.1");

/* 0 or -errno. -ENOTTY or -EINVAL: the kernel is older than 6.13. */
static inline int raw_info(int pidfd, uint64_t mask, struct raw_info *info)
{
	unsigned int request = 0xc000ff0bU | (unsigned int)sizeof(*info) << 16;

	memset(info, 0, sizeof(*info));
	info->mask = mask;
	return syscall(SYS_ioctl, pidfd, request, info) < 0 ? -errno : 0;
}

/* Whether the kernel keeps what a pidfd tells after the reaping: ask about one that was reaped. */
static inline bool knows_exit_info(void)
{
	struct raw_info info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);

	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	waitpid(pid, NULL, 0);

	bool knows = raw_info(pidfd, CLONE3_INFO_EXIT, &info) == 0 && info.mask & CLONE3_INFO_EXIT;

	close(pidfd);
	return knows;
}

#endif
