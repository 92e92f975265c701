/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_step_name: the constant's name in lower case, for each step and for nothing else. */
#include "tap.h"

#include <ctype.h>

#define STEP(name)                                                                                 \
	{                                                                                          \
		CLONE3_STEP_##name, #name                                                          \
	}
static const struct {
	uint64_t step;
	const char *name;
} steps[] = {
	STEP(NAMESPACES),
	STEP(CGROUP),
	STEP(SET_TID),
	STEP(AUTO_REAP),
	STEP(KILL_ON_CLOSE),
	STEP(IGNORE_SIGNALS),
	STEP(DEFAULT_SIGNALS),
	STEP(JOIN_NAMESPACES),
	STEP(SESSION),
	STEP(PROCESS_GROUP),
	STEP(CONTROLLING_TTY),
	STEP(FOREGROUND),
	STEP(DENY_SETGROUPS),
	STEP(UID_MAP),
	STEP(GID_MAP),
	STEP(TIME_OFFSETS),
	STEP(OOM_SCORE_ADJ),
	STEP(PRIVATE_MOUNTS),
	STEP(MOUNTS),
	STEP(PIVOT_ROOT),
	STEP(ROOT),
	STEP(PROC_MOUNT),
	STEP(HOSTNAME),
	STEP(LOOPBACK),
	STEP(UMASK),
	STEP(PERSONALITY),
	STEP(SUBREAPER),
	STEP(TIMER_SLACK),
	STEP(KEYRING),
	STEP(NICE),
	STEP(SCHEDULER),
	STEP(AFFINITY),
	STEP(IO_PRIORITY),
	STEP(FDS),
	STEP(CLOSE_OTHERS),
	STEP(RLIMITS),
	STEP(CAPABILITIES),
	STEP(GROUPS),
	STEP(GID),
	STEP(UID),
	STEP(CWD),
	STEP(CWD_FD),
	STEP(PARENT_DEATH_SIGNAL),
	STEP(NO_NEW_PRIVS),
	STEP(LANDLOCK),
	STEP(SIGNAL_MASK),
	STEP(PTRACE_ME),
	STEP(SECCOMP),
	STEP(EXEC_FD),
	STEP(CHECK),
	STEP(CLONE),
	STEP(EXEC),
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

static bool equals_lower(const char *name, const char *upper)
{
	if (!name)
		return false;
	while (*upper && *name == tolower(*upper)) {
		name++;
		upper++;
	}
	return !*name && !*upper;
}

int main(void)
{
	uint64_t known = 0;

	for (size_t i = 0; i < STEPS; i++) {
		const char *name = clone3_step_name(steps[i].step);

		ok(equals_lower(name, steps[i].name), "%s is \"%s\"", steps[i].name,
		   name ? name : "NULL");
		is(steps[i].step & known, 0, "a bit of its own");
		is(steps[i].step & (steps[i].step - 1), 0, "and only one");
		known |= steps[i].step;
	}
	for (uint64_t bit = 1; bit; bit <<= 1)
		if (!(bit & known))
			ok(!clone3_step_name(bit), "bit %d is none", __builtin_ctzll(bit));
	ok(!clone3_step_name(0), "nor is 0");
	ok(!clone3_step_name(CLONE3_STEP_CWD | CLONE3_STEP_UID), "nor are two");
	ok(!clone3_step_name(CLONE3_STEP_EXEC | CLONE3_STEP_NAMESPACES), "the first and the last");
	ok(!clone3_step_name(~0ULL), "nor all");
	return done();
}
