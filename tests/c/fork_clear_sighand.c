/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* With CLONE_CLEAR_SIGHAND handlers are at their default; what is ignored and blocked stays so. */
#include "task.h"

#define HANDLED 1
#define IGNORED 2
#define BLOCKED 4

static void on_signal(int signo)
{
	(void)signo;
}

static int child(uint64_t flags)
{
	struct clone3_args args = args_with(flags);
	struct sigaction action;
	int seen = 0;
	int pid = clone3_fork(&args, sizeof(args));

	if (pid != 0)
		return pid < 0 ? pid : reap_code(pid);
	sigaction(SIGUSR1, NULL, &action);
	seen |= action.sa_handler == on_signal ? HANDLED : 0;
	seen |= action.sa_handler != on_signal && action.sa_handler != SIG_DFL ? 8 : 0;
	sigaction(SIGUSR2, NULL, &action);
	seen |= action.sa_handler == SIG_IGN ? IGNORED : 0;
	seen |= raw_mask() == 1ULL << (SIGTERM - 1) ? BLOCKED : 0;
	_exit(seen);
}

int main(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct clone3_support support = support_here();
	struct state before;
	sigset_t set;

	sigaction(SIGUSR1, &action, NULL);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_SETMASK, &set, NULL);
	state_take(&before);
	is(child(0), HANDLED | IGNORED | BLOCKED, "without it the child has all three");
	if (support.flags & CLONE3_CLEAR_SIGHAND)
		is(child(CLONE3_CLEAR_SIGHAND), IGNORED | BLOCKED, "with it no handler");
	else
		is(child(CLONE3_CLEAR_SIGHAND), -EINVAL, "a kernel before 5.5 refuses it");
	nothing_left(&before, "after the children");
	return done();
}
