/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_VFORK without shared memory holds the caller until the child execs or ends. */
#include "task.h"

static int fork_parked(void)
{
	struct clone3_args args = args_with(CLONE3_VFORK);

	return clone3_fork(&args, sizeof(args));
}

int main(int argc, char **argv)
{
	int *word = shared_memory(sizeof(*word));
	struct state before;
	int ends[2];
	int pid;
	char c;

	if (argc > 1) {
		/* The program that the child becomes: ends when the other end of its input does. */
		return read(0, &c, 1) == 0 ? 5 : 6;
	}
	state_take(&before);
	pid = fork_parked();
	if (pid == 0) {
		sleep_ms(50);
		*word = 1;
		_exit(3);
	}
	is(*word, 1, "the caller goes on after the child's last store");
	is(reap_code(pid), 3, "and the child has ended");

	if (pipe2(ends, O_CLOEXEC) != 0)
		return 255;
	pid = fork_parked();
	if (pid == 0) {
		char *const arguments[] = { argv[0], (char *)(uintptr_t) "child", NULL };

		dup2(ends[0], 0);
		sleep_ms(50);
		*word = 2;
		execv("/proc/self/exe", arguments);
		_exit(7);
	}
	is(*word, 2, "the caller goes on after the child's exec");
	is(waitpid(pid, NULL, WNOHANG), 0, "while the child still runs");
	close(ends[1]);
	is(reap_code(pid), 5, "as the program that it became");
	close(ends[0]);
	nothing_left(&before, "after both children");
	return done();
}
