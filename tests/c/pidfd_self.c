/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The kernel's PIDFD_SELF values reach it: the answers are those of the bare system calls. */
#include "child.h"

#define SELF_THREAD (-10000)
#define SELF_GROUP (-10001)

static long answer(long result)
{
	return result < 0 ? -errno : result;
}

int main(void)
{
	static const int values[] = { SELF_THREAD, SELF_GROUP, -1, -10002 };
	struct state before;

	state_take(&before);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		int self = values[i];
		char what[64];

		snprintf(what, sizeof(what), "descriptor %d: send_signal as the kernel", self);
		is(clone3_pidfd_send_signal(self, 0, 0),
		   answer(syscall(SYS_pidfd_send_signal, self, 0, NULL, 0)), what);
		snprintf(what, sizeof(what), "descriptor %d: getfd as the kernel", self);
		is(clone3_pidfd_getfd(self, 0), answer(syscall(SYS_pidfd_getfd, self, 0, 0)), what);
		nothing_left(&before, what);
	}
	if (syscall(SYS_pidfd_send_signal, SELF_GROUP, 0, NULL, 0) != 0)
		skip("pidfd_self", "the kernel is older than PIDFD_SELF");
	else
		is(clone3_pidfd_send_signal(SELF_GROUP, 0, 0), 0, "a process can signal itself");
	return done();
}
