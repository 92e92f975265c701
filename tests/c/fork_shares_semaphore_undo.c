/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With CLONE_SYSVSEM a child's semaphore changes are not undone at its end: the list is shared. */
#include "task.h"

#include <sys/ipc.h>
#include <sys/sem.h>

/* The semaphore's value after a child has added 1 to it, to be undone, and ended. */
static int after_child(uint64_t flags, int semaphore)
{
	struct clone3_args args = args_with(flags);
	struct sembuf add = { .sem_op = 1, .sem_flg = SEM_UNDO };
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0)
		_exit(semop(semaphore, &add, 1) == 0 ? 0 : 1);
	is(reap_code(pid), 0, "the child changed the semaphore");
	return semctl(semaphore, 0, GETVAL);
}

int main(void)
{
	int semaphore = semget(IPC_PRIVATE, 1, 0600);
	struct state before;

	if (semaphore < 0) {
		skip("fork_shares_semaphore_undo", "no System V semaphores");
		return done();
	}
	state_take(&before);
	is(after_child(0, semaphore), 0, "undone at the child's end");
	is(after_child(CLONE3_SYSVSEM, semaphore), 1, "not undone while a sharer lives");
	semctl(semaphore, 0, IPC_RMID);
	nothing_left(&before, "after the children");
	return done();
}
