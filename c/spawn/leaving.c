/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * When the memory is the caller's alone again.
 *
 * The kernel lets the caller of a vfork go on before the child that execs has left the memory
 * (exec_mmap() calls mm_release() first), so that is no sign. Nor is the end of what is
 * close-on-exec: it comes after that in some kernels (seen in 5.10, 6.1, 6.18) and before in others
 * (Debian's 6.12 and 7.2). In all of them begin_new_exec() takes away PF_FORKNOEXEC afterwards,
 * which setpgid(2) tells of a child: EACCES, once it has done exec. It tells nothing of a child in
 * another session; the flags are in /proc/PID/stat, too.
 */
#include "../deadline.h"
#include "../pidfd/pidfd.h"
#include "../text.h"
#include "spawn.h"

#define C3_NO_GROUP INT32_MAX /* above any pid: nothing is changed */
#define C3_PF_FORKNOEXEC 0x40
#define C3_STAT_FLAGS 9 /* the number of the field: proc_pid_stat(5) */

/* How often to look without rest; mostly the child needs some microseconds. */
#define C3_LOOKS 100
#define C3_REST_NS 100000
#define C3_MOST_LOOKS 1000 /* where /proc does not tell: some 100 ms */

/* 1 if it has left, 0 if not, or if nothing can be said. */
static int has_left_by_setpgid(int32_t pid)
{
	long error = c3_syscall2(C3_NR_setpgid, pid, C3_NO_GROUP);

	return error == -EACCES || error == -ESRCH;
}

/* A filter may answer every call with what the kernel answers of a child, before exec or after. */
static int can_use_setpgid(void)
{
	return c3_syscall2(C3_NR_setpgid, 0, -1) == -EINVAL &&
	       c3_syscall2(C3_NR_setpgid, C3_NO_GROUP, C3_NO_GROUP) == -ESRCH;
}

/*
 * By its pidfd, which tells the number in whatever pid namespace /proc is of. Before Linux 5.14 a
 * process that is not dumpable may not read that: then by the number that /proc has, too.
 */
static int open_stat(int pidfd, int32_t pid)
{
	char path[32] = "/proc/";
	int fd = c3_pidfd_open_in_proc(pidfd, "/stat");

	if (fd != -EACCES || c3_proc_is_ours() <= 0)
		return fd;
	c3_append_number(path, (unsigned int)pid);
	c3_append(path, "/stat");
	return c3_openat(C3_AT_FDCWD, path, C3_O_RDONLY);
}

/* 1 if it has left, 0 if not, -errno if nothing can be said. */
static int has_left_by_proc(int pidfd, int32_t pid)
{
	char text[512];
	long length;
	long at;
	int field = 2;
	int fd = open_stat(pidfd, pid);

	if (fd < 0)
		return fd;
	length = c3_read(fd, text, sizeof(text));
	at = length - 1;
	c3_close(fd);
	if (length < 0)
		return (int)length;
	/* The name, the second field, may have blanks and parentheses. */
	while (at > 0 && text[at] != ')')
		at--;
	for (; at > 0 && at + 1 < length && field < C3_STAT_FLAGS; at++)
		field += text[at] == ' ';
	if (field != C3_STAT_FLAGS || text[at] < '0' || text[at] > '9')
		return -EIO;
	/* No flag at all is what exec leaves, until it has chosen the addresses. */
	text[length - 1] = 0;
	return !(c3_number(text + at) & C3_PF_FORKNOEXEC);
}

/* What may be another answer soon: a descriptor or memory that others have at the moment. */
static int is_passing(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM || error == -EINTR;
}

int c3_leaving_await(const struct c3_work *work, int32_t pid)
{
	int asks = !(work->plan.steps & CLONE3_STEP_SESSION) && can_use_setpgid();
	int failures = 0;

	for (int looks = 0;; looks++) {
		int is_slow = looks >= C3_LOOKS;
		int by_proc = !asks || is_slow ? has_left_by_proc(work->pidfd, pid) : 0;

		if (by_proc > 0 || (asks && has_left_by_setpgid(pid)))
			return 1;
		/* Once it has ended its number may be another's. */
		if (c3_poll(work->pidfd, C3_POLLIN, is_slow ? c3_deadline_in(C3_REST_NS) : 0) > 0)
			return 1;
		failures += by_proc < 0;
		/* The program may have gone to another session meanwhile. */
		if (by_proc < 0 && (failures >= C3_MOST_LOOKS || !(asks || is_passing(by_proc))))
			return 0;
		if (!is_slow)
			c3_syscall1(C3_NR_sched_yield, 0);
	}
}
