/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_EMPTY_MNTNS: the child's mount namespace holds one empty root. Else -EINVAL. */
#include "task.h"

static int child(uint64_t flags)
{
	struct clone3_args args = args_with(CLONE3_EMPTY_MNTNS | flags);
	struct dirent *entry;
	DIR *directory;
	int entries = 0;
	int pid = clone3_fork(&args, sizeof(args));

	if (pid != 0)
		return pid < 0 ? pid : reap_code(pid);
	directory = opendir("/");
	while (directory && (entry = readdir(directory)))
		entries += entry->d_name[0] != '.';
	_exit(!directory ? 30 : entries ? 31 : access("/proc", F_OK) == 0 ? 32 : 0);
}

int main(void)
{
	uint64_t here = proc_namespace(getpid(), "mnt");
	struct state before;

	state_take(&before);
	is(child(CLONE3_FS), -EINVAL, "with CLONE_FS");
	nothing_left(&before, "with CLONE_FS");
	if (!(support_here().flags & CLONE3_EMPTY_MNTNS))
		is(child(0), -EINVAL, "a kernel before 7.1 refuses the flag");
	else if (has_capability(TEST_CAP_SYS_ADMIN))
		is(child(0), 0, "an empty root");
	else
		is(child(0), -EPERM, "without capabilities");
	if (support_here().flags & CLONE3_EMPTY_MNTNS && has_capability(TEST_CAP_SYS_ADMIN)) {
		is(child(CLONE3_NEWNS), 0, "beside CLONE_NEWNS");
		is(child(CLONE3_NEWUSER), 0, "beside CLONE_NEWUSER");
		is(child(CLONE3_NEWPID), 0, "beside CLONE_NEWPID");
	}
	is(access("/proc/self", F_OK), 0, "the caller's mounts are as before");
	is(proc_namespace(getpid(), "mnt"), here, "in the same namespace");
	nothing_left(&before, "after the calls");
	return done();
}
