/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Seccomp filters that make a system call answer as an older kernel would. */
#ifndef OLD_KERNEL_H
#define OLD_KERNEL_H

#include "tap.h"

/* The kernel's struct sock_filter and struct sock_fprog: musl has no <linux/filter.h>. */
struct filter_step {
	uint16_t code;
	uint8_t if_true;
	uint8_t if_false;
	uint32_t value;
};

struct filter_program {
	uint16_t length;
	const struct filter_step *steps;
};

#define FILTER_LOAD 0x20     /* BPF_LD | BPF_W | BPF_ABS */
#define FILTER_IF_EQUAL 0x15 /* BPF_JMP | BPF_JEQ | BPF_K */
#define FILTER_IF_ABOVE 0x25 /* BPF_JMP | BPF_JGT | BPF_K */
#define FILTER_AND 0x54      /* BPF_ALU | BPF_AND | BPF_K */
#define FILTER_ANSWER 0x06   /* BPF_RET | BPF_K */
#define FILTER_ALLOW 0x7fff0000U
#define FILTER_ERRNO 0x00050000U
#define FILTER_NOTIFY 0x7fc00000U

/* Where struct seccomp_data keeps the number, and the low half of an argument. */
#define FILTER_NUMBER 0
#define FILTER_ARGUMENT(index) (16 + 8 * (uint32_t)(index))

/* A pidfd's ioctls: PIDFD_GET_INFO in any size, and the ten PIDFD_GET_*_NAMESPACE. */
#define IOCTL_INFO_MASK 0xffffU
#define IOCTL_INFO 0xff0bU
#define IOCTL_NAMESPACE_MASK 0xfffffff0U
#define IOCTL_NAMESPACE 0xff00U

/* Install a filter for the calling thread and what it creates; there is no way back. */
static inline bool filter_install(const struct filter_step *steps, size_t count)
{
	struct filter_program program = { (uint16_t)count, steps };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, &program, 0, 0) == 0;
}

/* System call @number always answers @error. */
static inline bool refuse(long number, int error)
{
	const struct filter_step steps[] = {
		{ FILTER_LOAD, 0, 0, FILTER_NUMBER },
		{ FILTER_IF_EQUAL, 0, 1, (uint32_t)number },
		{ FILTER_ANSWER, 0, 0, FILTER_ERRNO | (uint32_t)error },
		{ FILTER_ANSWER, 0, 0, FILTER_ALLOW },
	};

	return filter_install(steps, sizeof(steps) / sizeof(steps[0]));
}

/* It answers @error where its argument @index, under @mask, is @value. */
static inline bool refuse_if(long number, int index, uint32_t mask, uint32_t value, int error)
{
	const struct filter_step steps[] = {
		{ FILTER_LOAD, 0, 0, FILTER_NUMBER },
		{ FILTER_IF_EQUAL, 0, 4, (uint32_t)number },
		{ FILTER_LOAD, 0, 0, FILTER_ARGUMENT(index) },
		{ FILTER_AND, 0, 0, mask },
		{ FILTER_IF_EQUAL, 0, 1, value },
		{ FILTER_ANSWER, 0, 0, FILTER_ERRNO | (uint32_t)error },
		{ FILTER_ANSWER, 0, 0, FILTER_ALLOW },
	};

	return filter_install(steps, sizeof(steps) / sizeof(steps[0]));
}

/* It answers @error where its argument @index is above @limit. */
static inline bool refuse_above(long number, int index, uint32_t limit, int error)
{
	const struct filter_step steps[] = {
		{ FILTER_LOAD, 0, 0, FILTER_NUMBER },
		{ FILTER_IF_EQUAL, 0, 3, (uint32_t)number },
		{ FILTER_LOAD, 0, 0, FILTER_ARGUMENT(index) },
		{ FILTER_IF_ABOVE, 0, 1, limit },
		{ FILTER_ANSWER, 0, 0, FILTER_ERRNO | (uint32_t)error },
		{ FILTER_ANSWER, 0, 0, FILTER_ALLOW },
	};

	return filter_install(steps, sizeof(steps) / sizeof(steps[0]));
}

#endif
