/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A signal to a child that shares memory runs none of the caller's handlers in it. */
#include "task.h"

static volatile int handled;
static volatile int go;

static void on_signal(int signo)
{
	(void)signo;
	handled++;
}

static int wait_for_go(void *argument)
{
	(void)argument;
	raw_wait_while(&go, 0);
	return 5;
}

static int send_and_wait(uint64_t flags)
{
	struct clone3_args args = args_with(flags);
	struct clone3_stack stack = stack_for(&args, 16384);
	int pid;
	int code;

	go = 0;
	pid = clone3_call(&args, sizeof(args), wait_for_go, NULL);
	if (pid < 0)
		return pid;
	kill_one(pid, SIGUSR1);
	sleep_ms(20);
	raw_set(&go, 1);
	code = reap_code(pid);
	clone3_stack_unmap(&stack);
	return code;
}

int main(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct state before;

	sigaction(SIGUSR1, &action, NULL);
	state_take(&before);
	is(send_and_wait(CLONE3_VM), 5, "the signal stays pending");
	is(handled, 0, "no handler ran");
	is(send_and_wait(CLONE3_VM | CLONE3_SIGHAND), 5, "with shared handlers, too");
	is(handled, 0, "no handler ran");
	if (support_here().flags & CLONE3_CLEAR_SIGHAND)
		is(send_and_wait(CLONE3_VM | CLONE3_CLEAR_SIGHAND), -SIGUSR1,
		   "with CLONE_CLEAR_SIGHAND the default action is taken");
	is(handled, 0, "no handler ran");
	raise(SIGUSR1);
	is(handled, 1, "the caller's handler is still there");
	nothing_left(&before, "after the children");
	return done();
}
