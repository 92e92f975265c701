/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the kernel knows of a process by its pidfd, in one layout for all kernels. */
#include "../clone/clone.h"
#include "../text.h"
#include "pidfd.h"

#define C3_INFO_ALL                                                                                \
	(CLONE3_INFO_PID | CLONE3_INFO_CREDS | CLONE3_INFO_CGROUPID | CLONE3_INFO_EXIT |           \
	 CLONE3_INFO_COREDUMP | CLONE3_INFO_SUPPORTED_MASK | CLONE3_INFO_COREDUMP_SIGNAL |         \
	 CLONE3_INFO_COREDUMP_CODE)

/*
 * Asked while the process is just being reaped, the kernel may look for its exit before that is
 * kept, and for the process after it is gone: ESRCH, and the second answer has the exit.
 */
int c3_pidfd_raw_info(int pidfd, uint64_t mask, struct c3_pidfd_info *raw)
{
	int result = 0;

	for (int tries = 0; tries < 2; tries++) {
		*raw = (struct c3_pidfd_info){ .mask = mask };
		result = c3_ioctl(pidfd, C3_PIDFD_GET_INFO, c3_address(raw));
		if (result != -ESRCH || !(mask & CLONE3_INFO_EXIT))
			break;
	}
	return result;
}

/*
 * /proc of a namespace further out has the numbers in all down to the caller's own; of its own, one.
 * (Since Linux 4.1.) The line stands behind that of the groups, which may be long.
 */
int c3_proc_is_ours(void)
{
	static const char label[] = "\nNSpid:\t";
	char text[512];
	long length;
	int matched = 0;
	int number = 0;
	int fd = c3_openat(C3_AT_FDCWD, "/proc/self/status", C3_O_RDONLY);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while ((length = c3_read(fd, text, sizeof(text))) > 0)
		for (long i = 0; i < length; i++)
			if (label[matched]) {
				matched = text[i] == label[matched] ? matched + 1 :
								      text[i] == label[0];
			} else if (text[i] >= '0' && text[i] <= '9') {
				number = number * 10 + (text[i] - '0');
			} else {
				c3_close(fd);
				return text[i] == '\n' && number == c3_syscall1(C3_NR_getpid, 0);
			}
	c3_close(fd);
	return (int)length;
}

/*
 * The pid in /proc, or -ESRCH, -EREMOTE, -ENOSYS without /proc. By the thread's own table of
 * descriptors.
 */
int c3_pidfd_pid_by_proc(int pidfd)
{
	char path[64] = "/proc/thread-self/fdinfo/";
	char text[512];
	const char *line;
	long length;
	int fd;
	int pid;

	c3_append_number(path, (unsigned int)pidfd);
	fd = c3_openat(C3_AT_FDCWD, path, C3_O_RDONLY);
	if (fd < 0)
		return fd == -ENOENT ? -ENOSYS : fd;
	length = c3_read(fd, text, sizeof(text) - 1);
	c3_close(fd);
	if (length < 0)
		return (int)length;
	text[length] = 0;
	line = c3_find(text, "\nPid:\t");
	if (!line)
		return -ENOSYS;
	if (*line == '-')
		return -ESRCH;
	pid = c3_number(line);
	return pid ? pid : -EREMOTE;
}

/* @name: with a slash before it. The process may be another once its own has ended. */
int c3_pidfd_open_in_proc(int pidfd, const char *name)
{
	char path[32] = "/proc/";
	int pid = c3_pidfd_pid_by_proc(pidfd);

	if (pid < 0)
		return pid;
	c3_append_number(path, (unsigned int)pid);
	c3_append(path, name);
	return c3_openat(C3_AT_FDCWD, path, C3_O_RDONLY);
}

int clone3_pidfd_get_info(int pidfd, struct clone3_pidfd_info *info)
{
	struct c3_pidfd_info raw;
	uint64_t size;
	uint64_t wanted;
	int result;

	if (!info)
		return -EINVAL;
	size = info->size;
	result = c3_versioned_size(info, size, sizeof(*info), CLONE3_PIDFD_INFO_SIZE_VER0);
	if (result)
		return result;
	wanted = info->mask;
	*info = (struct clone3_pidfd_info){ .size = size };
	result = c3_pidfd_check(pidfd);
	if (result)
		return result;

	result = c3_pidfd_raw_info(pidfd, wanted & C3_INFO_ALL, &raw);
	if (result == -ENOTTY || result == -EINVAL) { /* before 6.11; 6.11 and 6.12 */
		if (wanted & ~CLONE3_INFO_PID)
			return -ENOSYS;
		result = c3_proc_is_ours();
		if (result == 0)
			return -ENOSYS;
		if (result > 0)
			result = c3_pidfd_pid_by_proc(pidfd);
		if (result < 0)
			return result;
		info->mask = CLONE3_INFO_PID;
		info->pid = (uint32_t)result;
		info->tgid = (uint32_t)result;
		return 0;
	}
	if (result < 0)
		return result;

	info->mask = raw.mask & C3_INFO_ALL;
	info->cgroup_id = raw.cgroup_id;
	info->pid = raw.ids[0];
	info->tgid = raw.ids[1];
	info->ppid = raw.ids[2];
	info->ruid = raw.ids[3];
	info->rgid = raw.ids[4];
	info->euid = raw.ids[5];
	info->egid = raw.ids[6];
	info->suid = raw.ids[7];
	info->sgid = raw.ids[8];
	info->fsuid = raw.ids[9];
	info->fsgid = raw.ids[10];
	if (info->mask & CLONE3_INFO_EXIT)
		info->wait_status = raw.exit_code;
	if (info->mask & CLONE3_INFO_COREDUMP)
		info->coredump_mask = raw.coredump_mask;
	if (info->mask & CLONE3_INFO_COREDUMP_SIGNAL)
		info->coredump_signal = raw.coredump_signal;
	if (info->mask & CLONE3_INFO_COREDUMP_CODE)
		info->coredump_code = raw.tail.since_7_1.coredump_code;
	if (info->mask & CLONE3_INFO_SUPPORTED_MASK)
		info->supported = raw.tail.since_7_1.supported_mask ?
					  raw.tail.since_7_1.supported_mask :
					  raw.tail.supported_mask_6_19;
	info->supported &= C3_INFO_ALL;
	return 0;
}
