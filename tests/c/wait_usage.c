/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The resource usage is the child's own, in nanoseconds and bytes. */
#include "wait_view.h"

#define TOUCHED (32UL << 20)
#define BURNT_NS 40000000ULL

/* By its own count: what the parent is told later cannot be less. */
static int burn_user_time(void *unused)
{
	struct rusage usage;

	(void)unused;
	do {
		for (volatile int i = 0; i < 1000000; i++)
			;
		getrusage(RUSAGE_SELF, &usage);
	} while (timeval_ns(&usage.ru_utime) < BURNT_NS);
	return 0;
}

static int burn_in_grandchild(void *unused)
{
	struct child child = child_start(burn_user_time, unused);

	return child_reap(&child);
}

static int burn_system_time(void *unused)
{
	struct rusage usage;

	(void)unused;
	do {
		for (int i = 0; i < 1000; i++)
			syscall(SYS_getppid);
		getrusage(RUSAGE_SELF, &usage);
	} while (timeval_ns(&usage.ru_stime) < BURNT_NS);
	return 0;
}

static int touch_memory(void *unused)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);

	(void)unused;
	if (memory == MAP_FAILED)
		return 1;
	madvise(memory, TOUCHED, MADV_NOHUGEPAGE); /* so that each page is a fault */
	for (size_t i = 0; i < TOUCHED; i += page)
		((volatile char *)memory)[i] = 1;
	return 0;
}

static int sleep_often(void *unused)
{
	(void)unused;
	for (int i = 0; i < 20; i++)
		sleep_ms(1);
	return 0;
}

/* Run it, compare the whole of its usage with the kernel's, and hand it back. */
static struct clone3_exit usage_of(int (*body)(void *), const char *what, uint64_t *elapsed)
{
	uint64_t start = now_ns(CLOCK_MONOTONIC);
	struct child child = child_start(body, NULL);
	struct clone3_exit result;
	struct wait_view before, after;

	dirty(&result);
	view_take(&child, WEXITED, &before);
	clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOWAIT, &result);
	view_reap(&child, 0, &after);
	close(child.pidfd);
	*elapsed = now_ns(CLOCK_MONOTONIC) - start;
	is(result.wait_status, 0, what);
	ok(agrees(&result, &before, &after), "%s: the usage is the kernel's", what);
	return result;
}

int main(void)
{
	const uint64_t pages = TOUCHED / (uint64_t)sysconf(_SC_PAGESIZE);
	struct clone3_exit result;
	struct state before;
	uint64_t elapsed;

	state_take(&before);
	alarm(60);

	/* A tick's length is the slack of a kernel that counts by ticks. */
	result = usage_of(burn_user_time, "a busy child", &elapsed);
	ok(between(BURNT_NS, result.user_ns, elapsed + 20000000), "user %llu ns of %llu",
	   (unsigned long long)result.user_ns, (unsigned long long)elapsed);
	nothing_left(&before, "a busy child");

	result = usage_of(burn_in_grandchild, "a busy grandchild", &elapsed);
	ok(between(BURNT_NS, result.user_ns, elapsed + 20000000),
	   "counts once the child has waited for it: user %llu ns",
	   (unsigned long long)result.user_ns);
	nothing_left(&before, "a busy grandchild");

	result = usage_of(burn_system_time, "a child busy in the kernel", &elapsed);
	ok(between(BURNT_NS, result.system_ns, elapsed + 20000000), "system %llu ns of %llu",
	   (unsigned long long)result.system_ns, (unsigned long long)elapsed);
	nothing_left(&before, "a child busy in the kernel");

	/* The kernel's count of pages lags by up to 64 a processor. */
	result = usage_of(touch_memory, "a child that touches 32 MiB", &elapsed);
	ok(between(TOUCHED * 3 / 4, result.max_rss_bytes, TOUCHED * 32), "largest size %llu bytes",
	   (unsigned long long)result.max_rss_bytes);
	ok(result.minor_faults >= pages, "%llu faults for %llu pages",
	   (unsigned long long)result.minor_faults, (unsigned long long)pages);
	nothing_left(&before, "a child that touches 32 MiB");

	result = usage_of(sleep_often, "a child that sleeps 20 times", &elapsed);
	ok(result.voluntary_switches >= 20, "%llu voluntary switches",
	   (unsigned long long)result.voluntary_switches);
	nothing_left(&before, "a child that sleeps 20 times");
	return done();
}
