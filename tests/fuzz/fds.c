/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Fuzzes the descriptor planner against its model. */
#define FDS_GUARD 0 /* AddressSanitizer's */
#include "../c/fds_model.h"
#include "bytes.h"

/* Small numbers meet more often; the highest byte is a negative number. */
static int32_t number(struct bytes *bytes, bool is_wide)
{
	uint8_t byte = take_byte(bytes);

	if (byte == 0xff)
		return (int32_t)(0x80000000U | take_u32(bytes));
	return is_wide ? (byte << 8 | take_byte(bytes)) % FDS_NUMBERS : byte;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct clone3_fd fds[FDS_NUMBERS];
	struct bytes bytes = { data, size };
	bool is_wide = take_byte(&bytes) & 1;
	size_t count = 0;
	const char *fault;

	for (; bytes.left && count < FDS_NUMBERS; count++) {
		fds[count].source = number(&bytes, is_wide);
		fds[count].target = number(&bytes, is_wide);
	}
	fault = fds_fault(fds, count);
	must(!*fault, "%s", fault);
	return 0;
}
