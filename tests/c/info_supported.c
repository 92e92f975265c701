/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SUPPORTED_MASK is filled where the kernel knows it, and says what else the kernel knows. */
#include "child.h"
#include "raw_info.h"

int main(void)
{
	struct clone3_pidfd_info info = { .size = sizeof(info) };
	struct raw_info raw;
	struct state before;

	state_take(&before);
	alarm(60);

	struct child child = child_start(child_pauses, NULL);

	if (raw_info(child.pidfd, CLONE3_INFO_SUPPORTED_MASK, &raw) != 0) {
		child_end(&child);
		skip("info_supported", "the kernel is older than 6.13");
		return done();
	}
	info.mask = CLONE3_INFO_SUPPORTED_MASK;
	is(clone3_pidfd_get_info(child.pidfd, &info), 0, "get_info");
	is(info.mask & CLONE3_INFO_SUPPORTED_MASK, raw.mask & CLONE3_INFO_SUPPORTED_MASK,
	   "it is filled where the kernel fills it");
	if (raw.mask & CLONE3_INFO_SUPPORTED_MASK)
		ok((info.supported & 0x3f) == 0x3f, "it names all up to itself: %#llx",
		   (unsigned long long)info.supported);
	else
		is(info.supported, 0, "otherwise it is 0");
	is(info.coredump_code, 0, "the bytes that it once had are no coredump code");
	child_end(&child);
	nothing_left(&before, "the supported mask");
	return done();
}
