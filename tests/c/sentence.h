/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a sentence for people says: whole words of it. */
#ifndef SENTENCE_H
#define SENTENCE_H

#include "task.h"

#include <ctype.h>

static inline bool word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* CLONE_PARENT is not said where only CLONE_PARENT_SETTID is. */
static inline bool says(const char *sentence, const char *word)
{
	const size_t length = strlen(word);

	for (const char *at = sentence; at && (at = strstr(at, word)); at++)
		if ((at == sentence || !word_character(at[-1])) && !word_character(at[length]))
			return true;
	return false;
}

/* Every flag of the set by the name that clone3_flag_name() has for it. */
static inline bool names_flags(const char *sentence, uint64_t flags)
{
	for (; flags; flags &= flags - 1)
		if (!says(sentence, clone3_flag_name(flags & -flags)))
			return false;
	return true;
}

#endif
