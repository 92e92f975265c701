/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The version as a string. */
#include <clone3.h>

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

const char *clone3_version(void)
{
	return TEXT(CLONE3_VERSION_MAJOR) "." TEXT(CLONE3_VERSION_MINOR) "." TEXT(
		CLONE3_VERSION_PATCH);
}
