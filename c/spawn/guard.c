/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The guard: while a child with other credentials shares the caller's memory, the memory is not
 * dumpable, so that no process that may look at the child (ptrace_may_access()) can read the
 * caller's memory through it.
 *
 * The flag is one for the memory, and so for the process: guards are counted, the first saves and
 * clears the flag, the last restores it. Set in the child instead, it comes too late.
 */
#include "spawn.h"

/*
 * The state in one futex word: how many guards there are, the flag they found, and what others wait
 * for: a thread that is just changing the flag (a moment of two system calls, with all signals
 * blocked), or a guard that tolerates no other.
 */
#define C3_COUNT 0x00ffffffU
#define C3_SAVED_SHIFT 24
#define C3_SAVED 3U
#define C3_ALONE 0x40000000U
#define C3_CHANGING 0x80000000U

/*
 * The word lies on a page that fork empties: a child forked by another thread in the meantime has
 * no thread that would count down or finish a change.
 */
static uint32_t *word;

static uint32_t *find_word(void)
{
	uint32_t *found = __atomic_load_n(&word, __ATOMIC_ACQUIRE);
	uint32_t *none = NULL;
	long page;

	if (found)
		return found;
	page = c3_syscall6(C3_NR_mmap, 0, (long)sizeof(*word), C3_PROT_READ_WRITE,
			   C3_MAP_PRIVATE | C3_MAP_ANONYMOUS, -1, 0);
	if (page < 0)
		return NULL;
	c3_syscall3(C3_NR_madvise, page, (long)sizeof(*word), C3_MADV_WIPEONFORK);
	found = (uint32_t *)page;
	if (!__atomic_compare_exchange_n(&word, &none, found, 0, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		c3_syscall2(C3_NR_munmap, page, (long)sizeof(*word));
		found = none;
	}
	return found;
}

static void finish_change(uint32_t *state, uint32_t value)
{
	__atomic_store_n(state, value, __ATOMIC_RELEASE);
	c3_syscall3(C3_NR_futex, c3_address(state), C3_FUTEX_WAKE_PRIVATE, INT32_MAX);
}

/* Waits until the word is another; then what it is. */
static uint32_t next_state(uint32_t *state, uint32_t before)
{
	c3_syscall4(C3_NR_futex, c3_address(state), C3_FUTEX_WAIT_PRIVATE, (long)before, 0);
	return __atomic_load_n(state, __ATOMIC_ACQUIRE);
}

/*
 * With fs.suid_dumpable 1 a child's change of ids makes the memory dumpable until the child takes
 * that back. Its own capabilities protect it so long (see uid() in child.c), but not another child
 * that has given up its own: such guards are alone. So are those that cannot read the sysctl.
 */
static int must_be_alone(void)
{
	char value = '1';
	int fd = c3_openat(C3_AT_FDCWD, "/proc/sys/fs/suid_dumpable", C3_O_RDONLY);

	if (fd < 0)
		return 1;
	c3_read(fd, &value, 1);
	c3_close(fd);
	return value == '1';
}

int c3_guard_enter(int changes_credentials)
{
	uint32_t *state = find_word();
	uint32_t alone = changes_credentials && must_be_alone() ? C3_ALONE : 0;
	uint32_t before;
	long saved;
	long error;

	if (!state)
		return -ENOMEM;
	before = __atomic_load_n(state, __ATOMIC_ACQUIRE);
	for (;;) {
		int is_first = (before & C3_COUNT) == 0;

		if (before & (C3_CHANGING | C3_ALONE) || (alone && !is_first))
			before = next_state(state, before);
		else if (__atomic_compare_exchange_n(state, &before,
						     is_first ? C3_CHANGING : before + 1, 0,
						     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			if (!is_first)
				return 0;
			break;
		}
	}
	saved = c3_prctl(C3_PR_GET_DUMPABLE, 0, 0);
	error = saved < 0 ? saved : c3_prctl(C3_PR_SET_DUMPABLE, 0, 0);
	finish_change(state, error < 0 ? 0 : alone | (uint32_t)saved << C3_SAVED_SHIFT | 1);
	return (int)error;
}

void c3_guard_leave(int is_over)
{
	uint32_t *state = word;
	uint32_t before = __atomic_load_n(state, __ATOMIC_ACQUIRE);

	for (;;) {
		int is_last = (before & C3_COUNT) == 1;
		uint32_t after = before - 1;

		/* As a child may still be in the memory, nobody makes it dumpable again. */
		if (!is_over)
			after &= ~(C3_SAVED << C3_SAVED_SHIFT);
		if (before & C3_CHANGING)
			before = next_state(state, before);
		else if (__atomic_compare_exchange_n(state, &before, is_last ? C3_CHANGING : after,
						     0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			if (!is_last)
				return;
			break;
		}
	}
	/* 2 (fs.suid_dumpable's, root only) cannot be set: 0, which is stricter, stays. */
	if (is_over && (before >> C3_SAVED_SHIFT & C3_SAVED) == 1)
		c3_prctl(C3_PR_SET_DUMPABLE, 1, 0);
	finish_change(state, 0);
}
