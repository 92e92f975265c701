/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A shell as root of a container of its own, without privileges:
 *
 *   container [PROGRAM [ARG ...]]
 *
 * The program is root in a new user namespace, the first process of a new pid namespace with a /proc
 * of its own, and has its own mounts, host name, System V IPC, and a network of nothing but lo.
 * Outside it is who started it. It is killed when this program ends.
 */
#define _GNU_SOURCE
#include <clone3.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, const char **argv)
{
	const char *shell[] = { "sh", NULL };
	const struct clone3_id_range uids = { 0, geteuid(), 1 };
	const struct clone3_id_range gids = { 0, getegid(), 1 };
	const struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_UID_MAP |
			 CLONE3_STEP_GID_MAP | CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_PROC_MOUNT |
			 CLONE3_STEP_HOSTNAME | CLONE3_STEP_LOOPBACK | CLONE3_STEP_DEFAULT_SIGNALS |
			 CLONE3_STEP_PARENT_DEATH_SIGNAL,
		.path = argc > 1 ? argv[1] : shell[0],
		.argv = argc > 1 ? argv + 1 : shell,
		.search_path = getenv("PATH"),
		.namespaces = CLONE3_NEWUSER | CLONE3_NEWPID | CLONE3_NEWNS | CLONE3_NEWUTS |
			      CLONE3_NEWIPC | CLONE3_NEWNET,
		.uid_map = &uids,
		.uid_map_count = 1,
		.gid_map = &gids,
		.gid_map_count = 1,
		.hostname = "container",
		.default_signals = 1ULL << (SIGINT - 1) | 1ULL << (SIGQUIT - 1),
		.parent_death_signal = SIGKILL,
	};
	struct clone3_child child = { .size = sizeof(child) };
	struct clone3_exit end;
	int error;

	/* The keyboard's signals are the shell's. */
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	error = clone3_spawn(&plan, &child);
	if (error) {
		const struct clone3_args clone = { .flags = plan.namespaces };
		const char *step = clone3_step_name(child.failed_step);

		fprintf(stderr, "%s: %s: %s\n", plan.path, step, strerror(child.error));
		if (child.failed_step != CLONE3_STEP_EXEC)
			fprintf(stderr, "%s\n", clone3_explain(&clone, sizeof(clone), error));
		return 125;
	}
	error = clone3_pidfd_wait(child.pidfd, 0, &end);
	close(child.pidfd);
	if (error < 0)
		return 125;
	return end.code == CLD_EXITED ? end.status : 128 + end.status;
}
