/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Each flag has the kernel's value and name; anything else has none. */
#include "task.h"

static const struct {
	uint64_t flag;
	int bit;
	const char *name;
} flags[] = {
	{ CLONE3_NEWTIME, 7, "CLONE_NEWTIME" },
	{ CLONE3_VM, 8, "CLONE_VM" },
	{ CLONE3_FS, 9, "CLONE_FS" },
	{ CLONE3_FILES, 10, "CLONE_FILES" },
	{ CLONE3_SIGHAND, 11, "CLONE_SIGHAND" },
	{ CLONE3_PIDFD, 12, "CLONE_PIDFD" },
	{ CLONE3_PTRACE, 13, "CLONE_PTRACE" },
	{ CLONE3_VFORK, 14, "CLONE_VFORK" },
	{ CLONE3_PARENT, 15, "CLONE_PARENT" },
	{ CLONE3_THREAD, 16, "CLONE_THREAD" },
	{ CLONE3_NEWNS, 17, "CLONE_NEWNS" },
	{ CLONE3_SYSVSEM, 18, "CLONE_SYSVSEM" },
	{ CLONE3_SETTLS, 19, "CLONE_SETTLS" },
	{ CLONE3_PARENT_SETTID, 20, "CLONE_PARENT_SETTID" },
	{ CLONE3_CHILD_CLEARTID, 21, "CLONE_CHILD_CLEARTID" },
	{ CLONE3_DETACHED, 22, "CLONE_DETACHED" },
	{ CLONE3_UNTRACED, 23, "CLONE_UNTRACED" },
	{ CLONE3_CHILD_SETTID, 24, "CLONE_CHILD_SETTID" },
	{ CLONE3_NEWCGROUP, 25, "CLONE_NEWCGROUP" },
	{ CLONE3_NEWUTS, 26, "CLONE_NEWUTS" },
	{ CLONE3_NEWIPC, 27, "CLONE_NEWIPC" },
	{ CLONE3_NEWUSER, 28, "CLONE_NEWUSER" },
	{ CLONE3_NEWPID, 29, "CLONE_NEWPID" },
	{ CLONE3_NEWNET, 30, "CLONE_NEWNET" },
	{ CLONE3_IO, 31, "CLONE_IO" },
	{ CLONE3_CLEAR_SIGHAND, 32, "CLONE_CLEAR_SIGHAND" },
	{ CLONE3_INTO_CGROUP, 33, "CLONE_INTO_CGROUP" },
	{ CLONE3_AUTOREAP, 34, "CLONE_AUTOREAP" },
	{ CLONE3_NNP, 35, "CLONE_NNP" },
	{ CLONE3_PIDFD_AUTOKILL, 36, "CLONE_PIDFD_AUTOKILL" },
	{ CLONE3_EMPTY_MNTNS, 37, "CLONE_EMPTY_MNTNS" },
};

int main(void)
{
	const size_t count = sizeof(flags) / sizeof(flags[0]);
	uint64_t known = 0;

	is(count, 31, "flags");
	for (size_t i = 0; i < count; i++) {
		const char *name = clone3_flag_name(flags[i].flag);

		ok(flags[i].flag == 1ULL << flags[i].bit, "%s is bit %d", flags[i].name,
		   flags[i].bit);
		ok(name && strcmp(name, flags[i].name) == 0, "%s has that name", flags[i].name);
		ok(clone3_flag_name(flags[i].flag) == name, "the name is constant");
		known |= flags[i].flag;
	}
	for (int bit = 0; bit < 64; bit++)
		if (!(known >> bit & 1))
			ok(!clone3_flag_name(1ULL << bit), "bit %d has no name", bit);
	ok(!clone3_flag_name(0), "no flag has no name");
	ok(!clone3_flag_name(CLONE3_VM | CLONE3_FS), "two flags have no name");
	ok(!clone3_flag_name(CLONE3_VM | 1ULL << 63), "a flag and an unknown bit have no name");
	ok(!clone3_flag_name(UINT64_MAX), "all bits have no name");
	return done();
}
