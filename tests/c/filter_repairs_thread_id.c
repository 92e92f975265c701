/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that clone(2) created knows its own thread id as well. */
#include "thread_id.h"

#include "filter.h"

int main(void)
{
	if (!filter_clone3(ENOSYS)) {
		skip("filter_repairs_thread_id/filter", "no seccomp filters");
		return done();
	}
	thread_id_check_all("filter_repairs_thread_id");
	return done();
}
