/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_version is the header's three numbers. */
#include "tap.h"

int main(void)
{
	char want[64];

	snprintf(want, sizeof(want), "%d.%d.%d", CLONE3_VERSION_MAJOR, CLONE3_VERSION_MINOR,
		 CLONE3_VERSION_PATCH);
	ok(strcmp(clone3_version(), want) == 0, "%s", clone3_version());
	ok(clone3_version() == clone3_version(), "it is constant");
	return done();
}
