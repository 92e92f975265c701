/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The size of struct clone3_support: newer callers, and impossible sizes. */
#include "child.h"

int main(void)
{
	static const uint64_t too_small[] = { 0, 8, 24, 31 };
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct {
		struct clone3_support support;
		uint64_t tail[2];
	} newer;
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	uint64_t *last = (uint64_t *)(void *)(memory + page) - 1;
	struct clone3_support *edge = (void *)(memory + page - sizeof(*edge));
	struct state before;

	mprotect(memory + page, page, PROT_NONE);
	state_take(&before);
	is(clone3_probe(NULL), -EINVAL, "NULL");
	for (size_t i = 0; i < sizeof(too_small) / sizeof(too_small[0]); i++) {
		*last = too_small[i];
		errno = 0;
		is(clone3_probe((void *)last), -EINVAL, "too small, nothing behind it");
		is(errno, 0, "errno is untouched");
		is(*last, too_small[i], "nothing is written");
		nothing_left(&before, "too small");
	}
	*last = page + 8;
	is(clone3_probe((void *)last), -E2BIG, "more than a page, not read");
	*last = UINT64_MAX;
	is(clone3_probe((void *)last), -E2BIG, "the largest size, not read");
	nothing_left(&before, "too big");

	memset(&newer, 0, sizeof(newer));
	newer.support.size = sizeof(newer);
	newer.tail[1] = 1ULL << 63;
	is(clone3_probe(&newer.support), -E2BIG, "a newer caller's nonzero tail");
	is(newer.support.flags, 0, "nothing is filled");
	newer.tail[1] = 0;
	memset((char *)&newer.support + 8, 0xa5, sizeof(newer.support) - 8);
	is(clone3_probe(&newer.support), 0, "a newer caller's zero tail");
	is(newer.support.size, sizeof(newer), "the size is as it was");
	ok(newer.support.steps && newer.support.steps < last_step() * 2,
	   "what stood there before is gone");
	ok(newer.tail[0] == 0 && newer.tail[1] == 0, "the tail stays 0");

	edge->size = sizeof(*edge);
	is(clone3_probe(edge), 0, "a struct at the end of memory");
	is(edge->flags, newer.support.flags, "with the same answer");
	nothing_left(&before, "sizes");
	return done();
}
