/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The size of struct clone3_pidfd_info: newer callers, older ones, and impossible ones. */
#include "child.h"
#include "raw_info.h"

struct newer {
	struct clone3_pidfd_info info;
	uint64_t tail[2];
};

int main(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct newer newer;
	struct raw_info raw;
	struct state before;
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);

	/* At the end of a page, before one that cannot be touched. */
	uint64_t *last = (uint64_t *)(void *)(memory + page) - 1;
	static const uint64_t too_small[] = { 0, 8, 64, 88, 95 };

	mprotect(memory + page, page, PROT_NONE);
	state_take(&before);
	alarm(60);

	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	for (size_t i = 0; i < sizeof(too_small) / sizeof(too_small[0]); i++) {
		*last = too_small[i];
		errno = 0;
		is(clone3_pidfd_get_info(self, (void *)last), -EINVAL,
		   "too small, nothing behind it");
		is(errno, 0, "errno is untouched");
		is(*last, too_small[i], "nothing is written");
	}
	*last = page + 8;
	is(clone3_pidfd_get_info(self, (void *)last), -E2BIG, "more than a page, not read");
	*last = UINT64_MAX;
	is(clone3_pidfd_get_info(self, (void *)last), -E2BIG, "the largest size, not read");
	is(clone3_pidfd_get_info(self, NULL), -EINVAL, "NULL");

	memset(&newer, 0, sizeof(newer));
	newer.info.size = sizeof(newer);
	newer.info.mask = CLONE3_INFO_PID;
	newer.tail[1] = 1;
	is(clone3_pidfd_get_info(self, &newer.info), -E2BIG, "a newer caller's nonzero tail");
	is(newer.info.pid, 0, "nothing is filled");
	newer.tail[1] = 0;
	newer.info.mask = CLONE3_INFO_PID;
	is(clone3_pidfd_get_info(self, &newer.info), 0, "a newer caller's zero tail");
	is(newer.info.pid, getpid(), "what is known is filled");
	is(newer.info.size, sizeof(newer), "the size is as it was");
	ok(newer.tail[0] == 0 && newer.tail[1] == 0, "the tail stays 0");

	/* A struct that ends where memory ends: no byte behind it is read or written. */
	struct clone3_pidfd_info *edge = (void *)(memory + page - sizeof(*edge));

	edge->size = sizeof(*edge);
	edge->mask = CLONE3_INFO_PID;
	is(clone3_pidfd_get_info(self, edge), 0, "a struct at the end of memory");
	is(edge->pid, getpid(), "is filled");
	if (raw_info(self, CLONE3_INFO_PID, &raw) != 0)
		printf("# the kernel is older than 6.13: the pid came from /proc\n");
	close(self);
	nothing_left(&before, "sizes");
	return done();
}
