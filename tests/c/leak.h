/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whether many calls left anything: descriptors, mappings, threads, children. */
#ifndef LEAK_H
#define LEAK_H

#include "child.h"
#include "proc.h"

struct leak {
	struct state before;
	uint64_t threads;
	uint64_t size_kib;
};

static inline void leak_take(struct leak *leak)
{
	state_take(&leak->before);
	leak->threads = proc_status(getpid(), getpid(), "Threads", 10);
	leak->size_kib = proc_status(getpid(), getpid(), "VmSize", 10);
}

/* stdio's own memory is there from now on: look once before the look that counts. */
static inline void leak_begin(struct leak *leak)
{
	alarm(60);
	leak_take(leak);
	leak_take(leak);
}

/* Four tests. A thread leaves the process a moment after it has told its end. */
static inline void leak_end(const struct leak *leak, const char *what)
{
	struct leak now;

	for (int i = 0; i < 1000; i++) {
		leak_take(&now);
		if (now.threads == leak->threads)
			break;
		sleep_ms(1);
	}
	is(now.before.mapping_count, leak->before.mapping_count, "mappings");
	is(now.size_kib, leak->size_kib, "size of all mappings, KiB");
	is(now.threads, leak->threads, "threads");
	nothing_left(&leak->before, what);
}

#endif
