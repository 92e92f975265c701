/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* After 10,000 clone3_fork and waits there is no descriptor, mapping or process more than before. */
#include "leak.h"

#define ROUNDS 10000

/* Half with a pidfd and the library's wait, half with wait4. */
static bool fork_and_wait(int i)
{
	struct clone3_args args;
	int pidfd = -1, status = -1;

	clone3_args_init(&args);
	if (i & 1) {
		args.flags = CLONE3_PIDFD;
		args.pidfd = (uintptr_t)&pidfd;
	}

	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0)
		_exit(i & 0x7f);
	if (pid < 0)
		return false;
	if (i & 1) {
		struct clone3_exit result;

		status = clone3_pidfd_wait(pidfd, 0, &result) == 1 && result.pid == pid ?
				 result.wait_status :
				 -1;
		close(pidfd);
	} else if (waitpid(pid, &status, 0) != pid) {
		return false;
	}
	return status == (i & 0x7f) << 8;
}

int main(void)
{
	struct leak leak;
	int right = 0;

	leak_begin(&leak);
	for (int i = 0; i < ROUNDS; i++)
		right += fork_and_wait(i);
	is(right, ROUNDS, "children ran and were waited for");
	leak_end(&leak, "10,000 forks");
	return done();
}
