/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* System calls for a child that shares memory: no libc, no errno, no thread pointer. */
#ifndef RAW_H
#define RAW_H

#include <stdint.h>
#include <sys/syscall.h>

#ifndef SYS_clone3
#define SYS_clone3 435
#endif

#define RAW_FUTEX_WAIT 0
#define RAW_FUTEX_WAKE 1

#if defined(__x86_64__)
static inline long raw6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
static inline long raw6(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}
#elif defined(__riscv)
static inline long raw6(long number, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = number;
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
#endif

static inline long raw_address(const volatile void *pointer)
{
	return (long)(uintptr_t)pointer;
}

static inline int raw_getpid(void)
{
	return (int)raw6(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

static inline int raw_gettid(void)
{
	return (int)raw6(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

/* The blocked signals: bit n-1 is signal n. */
static inline uint64_t raw_mask(void)
{
	uint64_t mask = 0;

	raw6(SYS_rt_sigprocmask, 0, 0, raw_address(&mask), sizeof(mask), 0, 0);
	return mask;
}

/* Sleep until *word is no longer @value; not PRIVATE, so that the kernel's CLEARTID wakes it. */
static inline void raw_wait_while(volatile int *word, int value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		raw6(SYS_futex, raw_address(word), RAW_FUTEX_WAIT, value, 0, 0, 0);
}

static inline void raw_set(volatile int *word, int value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	raw6(SYS_futex, raw_address(word), RAW_FUTEX_WAKE, INT32_MAX, 0, 0, 0);
}

/* Wait for the end of a child whose CHILD_CLEARTID word this is. */
static inline void raw_join(volatile int *word)
{
	int value;

	while ((value = __atomic_load_n(word, __ATOMIC_ACQUIRE)) != 0)
		raw6(SYS_futex, raw_address(word), RAW_FUTEX_WAIT, value, 0, 0, 0);
}

#endif
