/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Waiting for a descriptor until a moment of the monotonic clock. Times are nanoseconds. */
#ifndef C3_DEADLINE_H
#define C3_DEADLINE_H

#include "syscall.h"

#define C3_NS_PER_SEC 1000000000LL

/* Or -errno, which only a filter can answer. */
static inline int64_t c3_now(void)
{
	struct c3_timespec now = { 0 };
	long error = c3_syscall2(C3_NR_clock_gettime, C3_CLOCK_MONOTONIC, c3_address(&now));

	return error < 0 ? error : now.sec * C3_NS_PER_SEC + now.nsec;
}

/* INT64_MAX, which the clock does not reach, is never. Or -errno. */
static inline int64_t c3_deadline_in(int64_t timeout_ns)
{
	int64_t now = timeout_ns < 0 ? 0 : c3_now();

	if (now < 0)
		return now;
	return timeout_ns < 0 || timeout_ns > INT64_MAX - now ? INT64_MAX : now + timeout_ns;
}

/*
 * The events of @fd, or 0: @until is reached or a handler ran. A negative @fd has none: it only
 * waits. -errno else. An @until that is no moment of the clock is in the past.
 */
static inline int c3_poll(int fd, int16_t events, int64_t until)
{
	struct c3_pollfd poll = { .fd = fd, .events = events };
	int64_t now = until <= 0 || until == INT64_MAX ? 0 : c3_now();
	int64_t left = until > now ? until - now : 0;
	struct c3_timespec limit;
	long result;

	if (now < 0)
		return (int)now;
	limit.sec = left / C3_NS_PER_SEC;
	limit.nsec = left % C3_NS_PER_SEC;
	result = c3_syscall5(C3_NR_ppoll, c3_address(&poll), 1,
			     until == INT64_MAX ? 0 : c3_address(&limit), 0, 0);
	if (result < 0)
		return result == -EINTR ? 0 : (int)result;
	return poll.revents;
}

#endif
