/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that dumps core into a directory of its own, where the system lets it. */
#ifndef CORE_DUMP_H
#define CORE_DUMP_H

#include "child.h"
#include "task.h"

#include <sys/resource.h>

struct core_dump {
	char directory[64];
	rlim_t limit; /* bytes; 0: the child dies of the same signal, but dumps nothing */
};

/* False where no directory can be made. */
static inline bool core_dump_prepare(struct core_dump *dump)
{
	struct rlimit limit;

	snprintf(dump->directory, sizeof(dump->directory), "/tmp/libclone3-core-XXXXXX");
	getrlimit(RLIMIT_CORE, &limit);
	dump->limit = limit.rlim_max < 1 << 24 ? limit.rlim_max : 1 << 24;
	return mkdtemp(dump->directory) != NULL;
}

/* The child's body; the argument is a struct core_dump. */
static inline int core_dump_abort(void *argument)
{
	const struct core_dump *dump = argument;
	struct rlimit limit = { dump->limit, dump->limit };

	if (chdir(dump->directory) != 0 || setrlimit(RLIMIT_CORE, &limit) != 0)
		return 1;
	abort();
}

static inline int trap_beside(void *unused)
{
	(void)unused;
	if (vfork() == 0)
		__builtin_trap();
	return 0;
}

/*
 * Before Linux 5.16 a signal that dumps core, even one that writes nothing, ends all that share the
 * memory: the caller of a spawn, too.
 */
static inline bool core_dump_ends_sharers(void)
{
	return apart(trap_beside, NULL) != 0;
}

/* Remove the directory with the file that the kernel wrote, whatever core_pattern called it. */
static inline void core_dump_remove(const struct core_dump *dump)
{
	DIR *directory = opendir(dump->directory);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory)
		closedir(directory);
	rmdir(dump->directory);
}

#endif
