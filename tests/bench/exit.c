/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The smallest program: static, without a libc, it ends at once. What is measured is its start. */
#include "../../c/syscall.h"

void _start(void);

void _start(void)
{
	for (;;)
		c3_syscall1(C3_NR_exit_group, 0);
}
