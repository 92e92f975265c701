// SPDX-License-Identifier: MIT OR Apache-2.0
// The same as spawn.c, in C++11.
#include <clone3.h>

#include <iostream>
#include <unistd.h>
#include <vector>

int main()
{
	const std::vector<const char *> argv = { "sh", "-c", "exit 3", nullptr };
	clone3_plan plan = {};
	clone3_child child = {};
	clone3_exit end = {};

	plan.size = sizeof(plan);
	plan.steps = CLONE3_STEP_NO_NEW_PRIVS;
	plan.path = "/bin/sh";
	plan.argv = argv.data();
	child.size = sizeof(child);
	if (clone3_spawn(&plan, &child) < 0 || clone3_pidfd_wait(child.pidfd, 0, &end) < 0)
		return 1;
	close(child.pidfd);
	std::cout << clone3_version() << std::endl;
	return end.status != 3;
}
