/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The one list of the steps: their names, and what each needs. */
#include "spawn.h"

static const struct c3_step steps[64] = {
	[0] = { "namespaces", 0, 0 },
	[1] = { "cgroup", 0, 0 },
	[2] = { "set_tid", 0, 0 },
	[3] = { "auto_reap", 0, 0 },
	[4] = { "kill_on_close", 0, 0 },
	[5] = { "ignore_signals", 0, 0 },
	[6] = { "default_signals", 0, 0 },
	[7] = { "join_namespaces", 0, 0 },
	[8] = { "session", 0, 0 },
	[9] = { "process_group", 0, 0 },
	[10] = { "controlling_tty", CLONE3_STEP_SESSION, 0 },
	[11] = { "foreground", 0, 0 },
	[12] = { "deny_setgroups", CLONE3_STEP_NAMESPACES, CLONE3_NEWUSER },
	[13] = { "uid_map", CLONE3_STEP_NAMESPACES, CLONE3_NEWUSER },
	[14] = { "gid_map", CLONE3_STEP_NAMESPACES, CLONE3_NEWUSER },
	[15] = { "time_offsets", CLONE3_STEP_NAMESPACES, CLONE3_NEWTIME },
	[16] = { "oom_score_adj", 0, 0 },
	[17] = { "private_mounts", CLONE3_STEP_NAMESPACES, CLONE3_NEWNS },
	[18] = { "mounts", CLONE3_STEP_NAMESPACES, CLONE3_NEWNS },
	[19] = { "pivot_root", CLONE3_STEP_NAMESPACES, CLONE3_NEWNS },
	[20] = { "root", 0, 0 },
	[21] = { "proc_mount", CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS,
		 CLONE3_NEWNS | CLONE3_NEWPID },
	[22] = { "hostname", CLONE3_STEP_NAMESPACES, CLONE3_NEWUTS },
	[23] = { "loopback", CLONE3_STEP_NAMESPACES, CLONE3_NEWNET },
	[24] = { "umask", 0, 0 },
	[25] = { "personality", 0, 0 },
	[26] = { "subreaper", 0, 0 },
	[27] = { "timer_slack", 0, 0 },
	[28] = { "keyring", 0, 0 },
	[29] = { "nice", 0, 0 },
	[30] = { "scheduler", 0, 0 },
	[31] = { "affinity", 0, 0 },
	[32] = { "io_priority", 0, 0 },
	[33] = { "fds", 0, 0 },
	[34] = { "close_others", 0, 0 },
	[35] = { "rlimits", 0, 0 },
	[36] = { "capabilities", 0, 0 },
	[37] = { "groups", 0, 0 },
	[38] = { "gid", 0, 0 },
	[39] = { "uid", 0, 0 },
	[40] = { "cwd", 0, 0 },
	[41] = { "cwd_fd", 0, 0 },
	[42] = { "parent_death_signal", 0, 0 },
	[43] = { "no_new_privs", 0, 0 },
	[44] = { "landlock", 0, 0 },
	[45] = { "signal_mask", 0, 0 },
	[46] = { "ptrace_me", 0, 0 },
	[47] = { "seccomp", 0, 0 },
	[48] = { "exec_fd", 0, 0 },
	[61] = { "check", 0, 0 },
	[62] = { "clone", 0, 0 },
	[63] = { "exec", 0, 0 },
};

/* NULL if @step is not one known bit. */
const struct c3_step *c3_step(uint64_t step)
{
	const struct c3_step *found;

	if (step == 0 || step & (step - 1))
		return NULL;
	found = &steps[__builtin_ctzll(step)];
	return found->name ? found : NULL;
}

const char *clone3_step_name(uint64_t step)
{
	const struct c3_step *found = c3_step(step);

	return found ? found->name : NULL;
}
