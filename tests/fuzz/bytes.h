/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A fuzzer's input as a stream of numbers; zeros behind its end. */
#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	const uint8_t *at;
	size_t left;
};

static inline void take(struct bytes *bytes, void *to, size_t size)
{
	size_t there = size < bytes->left ? size : bytes->left;

	memset(to, 0, size);
	if (there)
		memcpy(to, bytes->at, there);
	bytes->at += there;
	bytes->left -= there;
}

static inline uint8_t take_byte(struct bytes *bytes)
{
	uint8_t value;

	take(bytes, &value, sizeof(value));
	return value;
}

static inline uint32_t take_u32(struct bytes *bytes)
{
	uint32_t value;

	take(bytes, &value, sizeof(value));
	return value;
}

static inline uint64_t take_u64(struct bytes *bytes)
{
	uint64_t value;

	take(bytes, &value, sizeof(value));
	return value;
}

/* libFuzzer keeps the input that led here. */
#define must(condition, ...)                                                                       \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s: ", __FILE__, __LINE__, #condition);    \
			fprintf(stderr, __VA_ARGS__);                                              \
			fprintf(stderr, "\n");                                                     \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#endif
