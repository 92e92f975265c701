/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The one list of the flags' names. */
#include <clone3.h>

static const char names[64][24] = {
	[7] = "CLONE_NEWTIME",
	[8] = "CLONE_VM",
	[9] = "CLONE_FS",
	[10] = "CLONE_FILES",
	[11] = "CLONE_SIGHAND",
	[12] = "CLONE_PIDFD",
	[13] = "CLONE_PTRACE",
	[14] = "CLONE_VFORK",
	[15] = "CLONE_PARENT",
	[16] = "CLONE_THREAD",
	[17] = "CLONE_NEWNS",
	[18] = "CLONE_SYSVSEM",
	[19] = "CLONE_SETTLS",
	[20] = "CLONE_PARENT_SETTID",
	[21] = "CLONE_CHILD_CLEARTID",
	[22] = "CLONE_DETACHED",
	[23] = "CLONE_UNTRACED",
	[24] = "CLONE_CHILD_SETTID",
	[25] = "CLONE_NEWCGROUP",
	[26] = "CLONE_NEWUTS",
	[27] = "CLONE_NEWIPC",
	[28] = "CLONE_NEWUSER",
	[29] = "CLONE_NEWPID",
	[30] = "CLONE_NEWNET",
	[31] = "CLONE_IO",
	[32] = "CLONE_CLEAR_SIGHAND",
	[33] = "CLONE_INTO_CGROUP",
	[34] = "CLONE_AUTOREAP",
	[35] = "CLONE_NNP",
	[36] = "CLONE_PIDFD_AUTOKILL",
	[37] = "CLONE_EMPTY_MNTNS",
};

const char *clone3_flag_name(uint64_t flag)
{
	const char *name;

	if (flag == 0 || flag & (flag - 1))
		return NULL;
	name = names[__builtin_ctzll(flag)];
	return *name ? name : NULL;
}
