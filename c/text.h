/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The little text work that paths and files of /proc need, without libc. */
#ifndef C3_TEXT_H
#define C3_TEXT_H

#include <stddef.h>
#include <stdint.h>

static inline size_t c3_length(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

/* Appends to a string whose array has room. */
static inline void c3_append(char *text, const char *more)
{
	while (*text)
		text++;
	while ((*text++ = *more++))
		;
}

static inline void c3_append_number(char *text, uint64_t number)
{
	char digits[24];
	int i = sizeof(digits) - 1;

	digits[i] = 0;
	do {
		digits[--i] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	c3_append(text, digits + i);
}

/* The number that the text begins with; 0 if there is none. */
static inline int c3_number(const char *text)
{
	int number = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (*text - '0');
	return number;
}

/* What stands behind the first @what in @text, or NULL. */
static inline const char *c3_find(const char *text, const char *what)
{
	for (; *text; text++) {
		const char *a = text;
		const char *b = what;

		while (*b && *a == *b)
			a++, b++;
		if (!*b)
			return a;
	}
	return 0;
}

#endif
