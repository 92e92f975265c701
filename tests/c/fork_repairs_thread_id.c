/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* In a forked child the libc knows its own thread id: raise() and mutex owners are right. */
#include "thread_id.h"

int main(void)
{
	thread_id_check_all("fork_repairs_thread_id");
	return done();
}
