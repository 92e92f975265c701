/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program that uses the installed library: starts another, then prints the library's version. */
#include <clone3.h>

#include <stdio.h>
#include <unistd.h>

int main(void)
{
	const char *argv[] = { "sh", "-c", "exit 3", NULL };
	const struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_NO_NEW_PRIVS,
		.path = "/bin/sh",
		.argv = argv,
	};
	struct clone3_child child = { .size = sizeof(child) };
	struct clone3_exit end;

	if (clone3_spawn(&plan, &child) < 0 || clone3_pidfd_wait(child.pidfd, 0, &end) < 0)
		return 1;
	close(child.pidfd);
	puts(clone3_version());
	return end.status != 3;
}
