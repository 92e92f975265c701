/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Children with any exit signal, none included, can be waited for. */
#include "wait_view.h"

int main(void)
{
	static const int signals[] = { 0, SIGUSR1, SIGCHLD, 40 };
	struct state before;

	signal(SIGUSR1, SIG_IGN);
	signal(40, SIG_IGN);
	state_take(&before);
	alarm(60);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct clone3_args args;
		struct child child = { .pidfd = -1 };
		char what[64];

		clone3_args_init(&args);
		args.flags = CLONE3_PIDFD;
		args.pidfd = (uintptr_t)&child.pidfd;
		args.exit_signal = (uint64_t)signals[i];
		child.pid = clone3_fork(&args, sizeof(args));
		if (child.pid == 0)
			_exit(9);
		snprintf(what, sizeof(what), "exit signal %d", signals[i]);
		ends_as(&child, CLD_EXITED, 9, what);
		nothing_left(&before, what);
	}
	return done();
}
