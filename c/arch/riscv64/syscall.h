/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* riscv64: the system call. */

#include "../generic.h"

#define C3_O_DIRECTORY 0200000

/* No user address reaches this with five-level page tables (Sv57). */
#define C3_USER_END (1ULL << 56)

static inline long c3_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

/* clone(2), continuing here in the child as well; the order of its arguments differs. */
static inline long c3_clone(uint64_t flags, uint64_t stack, uint64_t parent_tid, uint64_t child_tid,
			    uint64_t tls)
{
	return c3_syscall6(C3_NR_clone, (long)flags, (long)stack, (long)parent_tid, (long)tls,
			   (long)child_tid, 0);
}
