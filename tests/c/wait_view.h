/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What waitid(2) and wait4(2) themselves say of a child, to compare a struct clone3_exit with. */
#ifndef WAIT_VIEW_H
#define WAIT_VIEW_H

#include "child.h"

#include <sys/resource.h>

struct wait_view {
	int pid;
	int code;
	int status;
	int wait_status;
	struct rusage usage;
};

static const struct clone3_exit no_exit;

/* All of it nonsense, so that what a call leaves alone shows. */
static inline void dirty(struct clone3_exit *result)
{
	memset(result, 0xa5, sizeof(*result));
}

static inline bool is_zeroed(const struct clone3_exit *result)
{
	return memcmp(result, &no_exit, sizeof(no_exit)) == 0;
}

/* Look, and leave it waitable. @options: which changes of state count. Blocks. */
static inline void view_take(const struct child *child, int options, struct wait_view *view)
{
	siginfo_t info;

	memset(view, 0, sizeof(*view));
	memset(&info, 0, sizeof(info));
	while (syscall(SYS_waitid, CHILD_P_PIDFD, child->pidfd, &info, options | WNOWAIT | __WALL,
		       &view->usage) != 0 &&
	       errno == EINTR)
		;
	view->pid = info.si_pid;
	view->code = info.si_code;
	view->status = info.si_status;
}

/* Take it: wait4 encodes the status itself. @options: WUNTRACED, WCONTINUED or 0. */
static inline void view_reap(const struct child *child, int options, struct wait_view *view)
{
	memset(view, 0, sizeof(*view));
	while ((view->pid = wait4(child->pid, &view->wait_status, options | __WALL, &view->usage)) <
		       0 &&
	       errno == EINTR)
		;
}

static inline bool between(uint64_t low, uint64_t value, uint64_t high)
{
	return low <= value && value <= high;
}

static inline uint64_t timeval_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

/*
 * Whether @result is what the kernel said just before and just after it was made. Counters only
 * grow, and may: a task is a zombie a moment before it leaves the processor.
 */
static inline bool agrees(const struct clone3_exit *result, const struct wait_view *before,
			  const struct wait_view *after)
{
	const struct rusage *low = &before->usage, *high = &after->usage;

	return result->pid == before->pid && result->pid == after->pid &&
	       result->code == before->code && result->status == before->status &&
	       result->wait_status == after->wait_status &&
	       between(timeval_ns(&low->ru_utime), result->user_ns, timeval_ns(&high->ru_utime)) &&
	       between(timeval_ns(&low->ru_stime), result->system_ns,
		       timeval_ns(&high->ru_stime)) &&
	       between((uint64_t)low->ru_maxrss * 1024, result->max_rss_bytes,
		       (uint64_t)high->ru_maxrss * 1024) &&
	       between((uint64_t)low->ru_minflt, result->minor_faults, (uint64_t)high->ru_minflt) &&
	       between((uint64_t)low->ru_majflt, result->major_faults, (uint64_t)high->ru_majflt) &&
	       between((uint64_t)low->ru_nvcsw, result->voluntary_switches,
		       (uint64_t)high->ru_nvcsw) &&
	       between((uint64_t)low->ru_nivcsw, result->involuntary_switches,
		       (uint64_t)high->ru_nivcsw);
}

/* One test: @result, made with NOWAIT, is how wait4 reports the child's end, which it reaps. */
static inline bool ends_as(struct child *child, int code, int status, const char *what)
{
	struct clone3_exit result;
	struct wait_view before, after;

	dirty(&result);
	view_take(child, WEXITED, &before);

	int answer = clone3_pidfd_wait(child->pidfd, CLONE3_WAIT_NOWAIT, &result);

	view_reap(child, 0, &after);
	close(child->pidfd);
	bool right = ok(answer == 1 && result.code == code && result.status == status &&
				agrees(&result, &before, &after),
			"%s", what);
	if (!right)
		printf("# answer %d: pid %d, code %d, status %d, wait status %#x; kernel: pid %d, "
		       "code %d, status %d, wait status %#x\n",
		       answer, result.pid, result.code, result.status, result.wait_status,
		       before.pid, before.code, before.status, after.wait_status);
	return right;
}

#endif
