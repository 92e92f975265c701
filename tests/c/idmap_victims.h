/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Processes in user namespaces without maps, into which a helper must never write. */
#ifndef IDMAP_VICTIMS_H
#define IDMAP_VICTIMS_H

#include "idmap.h"

/* One with this number, or with any if that is 0: its pid, or -1. */
static inline pid_t victim_start(pid_t number)
{
	struct clone3_args args = {
		.flags = CLONE3_NEWUSER,
		.exit_signal = SIGCHLD,
		.set_tid = number ? (uintptr_t)&number : 0,
		.set_tid_size = number ? 1 : 0,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, CLONE3_ARGS_SIZE_VER1);

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static inline bool victim_is_untouched(pid_t victim)
{
	char path[64], text[16] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)victim);
	file = fopen(path, "re");
	if (!file || !fgets(text, sizeof(text), file))
		text[0] = 0;
	if (file)
		fclose(file);
	return strcmp(text, "allow\n") == 0 && !idmap_of(victim, "uid_map")[0] &&
	       !idmap_of(victim, "gid_map")[0];
}

#endif
