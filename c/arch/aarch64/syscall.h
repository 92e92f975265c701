/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aarch64: the system call. */

#include "../generic.h"

#define C3_O_DIRECTORY 040000

/* No user address reaches this with 52-bit addresses. */
#define C3_USER_END (1ULL << 52)

static inline long c3_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

/* clone(2), continuing here in the child as well; the order of its arguments differs. */
static inline long c3_clone(uint64_t flags, uint64_t stack, uint64_t parent_tid, uint64_t child_tid,
			    uint64_t tls)
{
	return c3_syscall6(C3_NR_clone, (long)flags, (long)stack, (long)parent_tid, (long)tls,
			   (long)child_tid, 0);
}
