/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The probe creates no process although something is mapped at address 0. */
#include "tap.h"

#include <sys/mman.h>

int main(void)
{
	struct clone3_support without = { .size = sizeof(without) };
	struct clone3_support with = { .size = sizeof(with) };
	struct state before;

	alarm(60);
	is(clone3_probe(&without), 0, "probe");
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED) {
		skip("probe_page_zero", "mapping address 0 is forbidden (vm.mmap_min_addr)");
		return done();
	}
	state_take(&before);
	is(clone3_probe(&with), 0, "probe with a page at 0");
	is(with.flags, without.flags, "the same answer");
	nothing_left(&before, "a probe with a page at 0");
	return done();
}
