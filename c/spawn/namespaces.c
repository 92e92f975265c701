/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The steps of the child that make, join and furnish namespaces, but for the id maps. The rules of
 * child.c hold: raw system calls on memory that is shared.
 */
#include "../clone/clone.h"
#include "../deadline.h"
#include "../text.h"
#include "spawn.h"

int c3_open_proc(const struct c3_work *work, const char *name, int flags)
{
	char path[64] = "";

	if (work->proc_error)
		return work->proc_error;
	if (work->proc_fd < 0)
		c3_append(path, "/proc/");
	c3_append(path, name);
	return c3_openat(work->proc_fd < 0 ? C3_AT_FDCWD : work->proc_fd, path, flags);
}

int c3_write_proc(const struct c3_work *work, const char *name, const char *text)
{
	long error;
	int fd = c3_open_proc(work, name, C3_O_WRONLY);

	if (fd < 0)
		return fd;
	error = c3_write(fd, text, c3_length(text));
	c3_close(fd);
	return error < 0 ? (int)error : 0;
}

/*
 * Whether exec takes a process into the time namespace made for its children: since Linux 6.2. No
 * system call tells. Before, clone3 puts even a vfork's child there at once, where it is too late
 * for offsets: EACCES (seen on 5.10 and 6.1).
 */
static int exec_changes_time_namespace(void)
{
	struct c3_utsname system;
	unsigned int number[2] = { 0 };
	const char *c = system.release;

	system.release[0] = 0;
	c3_syscall1(C3_NR_uname, c3_address(&system));
	for (int i = 0; i < 2; i++, c++)
		for (; *c >= '0' && *c <= '9'; c++)
			number[i] = number[i] * 10 + (unsigned int)(*c - '0');
	return number[0] > 6 || (number[0] == 6 && number[1] >= 2);
}

/* Only where the clone could not. With kinds that it made, which stay, this cannot be left out. */
int c3_unshare_left(struct c3_work *work)
{
	long error;

	if (!work->namespaces_left)
		return 0;
	error = exec_changes_time_namespace() ?
			c3_syscall1(C3_NR_unshare, (long)work->namespaces_left) :
			-ENOSYS;
	if (error < 0 && work->namespaces_left != work->plan.namespaces)
		c3_child_fail(work, (int)error);
	if (error < 0)
		return (int)error;
	work->emulated |= CLONE3_STEP_NAMESPACES;
	return 0;
}

/* A pid namespace is joined for children only: nest() in child.c makes one. */
int c3_join_namespaces(struct c3_work *work)
{
	for (size_t i = 0; i < work->plan.join_count; i++) {
		const struct clone3_join *join = &work->plan.joins[i];
		long error;

		work->index = (uint32_t)i;
		error = c3_syscall2(C3_NR_setns, join->fd, (long)join->namespaces);
		if (error == 0 && join->namespaces & CLONE3_NEWUSER)
			error = c3_guard_again(work, 0);
		if (error < 0)
			return (int)error;
	}
	return 0;
}

/* A line of timens_offsets: seconds that may be negative, nanoseconds that may not. */
static void append_offset(char *text, const char *clock, int64_t offset_ns)
{
	int64_t seconds = offset_ns / C3_NS_PER_SEC;
	int64_t rest = offset_ns % C3_NS_PER_SEC;

	if (rest < 0) {
		rest += C3_NS_PER_SEC;
		seconds--;
	}
	c3_append(text, clock);
	if (seconds < 0) /* at most ten digits: 2^63 ns are 292 years */
		c3_append(text, "-");
	c3_append_number(text, (uint64_t)(seconds < 0 ? -seconds : seconds));
	c3_append(text, " ");
	c3_append_number(text, (uint64_t)rest);
	c3_append(text, "\n");
}

int c3_time_offsets(struct c3_work *work)
{
	char text[128] = "";

	append_offset(text, "monotonic ", work->plan.monotonic_offset_ns);
	append_offset(text, "boottime ", work->plan.boottime_offset_ns);
	return c3_write_proc(work, "self/timens_offsets", text);
}

static int mount(const char *source, const char *target, const char *type, unsigned long flags)
{
	return (int)c3_syscall5(C3_NR_mount, c3_address(source), c3_address(target),
				c3_address(type), (long)flags, 0);
}

int c3_private_mounts(struct c3_work *work)
{
	(void)work;
	return mount("none", "/", NULL, C3_MS_REC | C3_MS_PRIVATE);
}

int c3_mounts(struct c3_work *work)
{
	/* They would come to the caller's namespace, too. */
	if (work->omitted & CLONE3_STEP_PRIVATE_MOUNTS)
		return -EINVAL;
	for (size_t i = 0; i < work->plan.mount_count; i++) {
		const struct clone3_mount *wanted = &work->plan.mounts[i];
		long error;

		work->index = (uint32_t)i;
		error = c3_syscall5(C3_NR_move_mount, wanted->mount_fd, c3_address(""), C3_AT_FDCWD,
				    c3_address(wanted->target), C3_MOVE_MOUNT_F_EMPTY_PATH);
		if (error < 0)
			return (int)error;
	}
	return 0;
}

/*
 * The old root comes to lie on the new one. What is mounted below it may be shared with the caller's
 * tree, and unmounting would reach that: so no more is shared before.
 */
int c3_pivot_root(struct c3_work *work)
{
	long error = c3_syscall1(C3_NR_chdir, c3_address(work->plan.pivot_root));

	if (error == 0)
		error = c3_syscall2(C3_NR_pivot_root, c3_address("."), c3_address("."));
	return error < 0 ? (int)error : mount("none", ".", NULL, C3_MS_REC | C3_MS_SLAVE);
}

/*
 * Later, since a new /proc is for those only who see the whole of an old one in their namespace.
 */
int c3_leave_old_root(struct c3_work *work)
{
	long error = c3_syscall2(C3_NR_umount2, c3_address("."), C3_MNT_DETACH);

	(void)work;
	return error < 0 ? (int)error : (int)c3_syscall1(C3_NR_chdir, c3_address("/"));
}

int c3_proc_mount(struct c3_work *work)
{
	(void)work;
	return mount("proc", "/proc", "proc", C3_MS_NOSUID | C3_MS_NODEV | C3_MS_NOEXEC);
}

int c3_hostname(struct c3_work *work)
{
	return (int)c3_syscall2(C3_NR_sethostname, c3_address(work->plan.hostname),
				(long)c3_length(work->plan.hostname));
}

int c3_loopback(struct c3_work *work)
{
	struct c3_ifreq request = { .name = "lo" };
	int error;
	int fd = (int)c3_syscall3(C3_NR_socket, C3_AF_INET, C3_SOCK_DGRAM | C3_O_CLOEXEC, 0);

	(void)work;
	if (fd < 0)
		return fd;
	error = c3_ioctl(fd, C3_SIOCGIFFLAGS, c3_address(&request));
	if (error == 0) {
		request.flags = (int16_t)(request.flags | C3_IFF_UP);
		error = c3_ioctl(fd, C3_SIOCSIFFLAGS, c3_address(&request));
	}
	c3_close(fd);
	return error;
}
