/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where clone3 answers ENOSYS, clone3_fork() is served by clone(2) with the same results. */
#include "fallback.h"

int main(void)
{
	if (!filter_clone3(ENOSYS)) {
		skip("filter_enosys_falls_back", "no seccomp filters");
		return done();
	}
	is(syscall(SYS_clone3, NULL, 0), -1, "clone3 is refused");
	is(errno, ENOSYS, "as if it were missing");
	fallback_fork_works();
	return done();
}
