/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_fork survives that the address at which the kernel clears the thread id is mapped no more. */
#include "tap.h"

#include <sys/mman.h>

int main(void)
{
	struct clone3_args args;
	struct state before;
	int status = -1;
	int *address = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	alarm(60);
	syscall(SYS_set_tid_address, address);
	munmap(address, 4096);
	state_take(&before);
	clone3_args_init(&args);

	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0)
		_exit(7);
	ok(pid > 0, "a child is created");
	is(waitpid(pid, &status, 0), pid, "and waited for");
	is(WEXITSTATUS(status), 7, "with its status");
	nothing_left(&before, "a fork with a stale address");
	return done();
}
