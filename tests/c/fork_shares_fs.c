/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_FS shares working directory and umask; without it the child has its own. */
#include "task.h"

static int child(uint64_t flags)
{
	struct clone3_args args = args_with(flags);
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0) {
		umask(0123);
		_exit(chdir("/proc"));
	}
	return reap_code(pid);
}

int main(void)
{
	char directory[64] = "";
	struct state before;
	ssize_t length;
	mode_t mask;

	if (chdir("/") != 0)
		return 255;
	mask = umask(0077);
	state_take(&before);
	is(child(0), 0, "a child of its own changes directory and umask");
	length = readlink("/proc/self/cwd", directory, sizeof(directory) - 1);
	is(length, 1, "the caller's directory is as before");
	is(umask(0077), 0077, "and its umask");

	is(child(CLONE3_FS), 0, "a child with CLONE_FS does the same");
	length = readlink("/proc/self/cwd", directory, sizeof(directory) - 1);
	ok(length == 5 && strcmp(directory, "/proc") == 0, "the caller's directory is the child's");
	is(umask(mask), 0123, "and its umask");
	nothing_left(&before, "after the children");
	return done();
}
