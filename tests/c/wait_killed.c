/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_wait reports the signal that killed a child, real-time ones included. */
#include "wait_view.h"

int main(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGHUP, SIGPIPE, 40, 64 };
	struct state before;

	state_take(&before);
	alarm(60);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct child child = child_start(child_pauses, NULL);
		char what[64];

		kill(child.pid, signals[i]);
		snprintf(what, sizeof(what), "signal %d", signals[i]);
		ends_as(&child, CLD_KILLED, signals[i], what);
		nothing_left(&before, what);
	}
	return done();
}
