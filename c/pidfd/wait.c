/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Waiting for a child by its pidfd. */
#include "../deadline.h"
#include "pidfd.h"

#define C3_WAIT_OPTIONS                                                                            \
	(CLONE3_WAIT_NOHANG | CLONE3_WAIT_STOPPED | CLONE3_WAIT_CONTINUED | CLONE3_WAIT_NOWAIT)

/* How often what a pidfd does not tell is asked for: stops, and a zombie that a tracer holds. */
#define C3_ASK_AGAIN_NS 10000000LL

/* How long it may take to reap a process, for a thread that is preempted in it. */
#define C3_REAPING_NS 50000000LL

/* The encoding of wait(2), which siginfo takes apart. */
static int32_t wait_status_of(int32_t code, int32_t status)
{
	switch (code) {
	case C3_CLD_EXITED:
		return (status & 0xff) << 8;
	case C3_CLD_DUMPED:
		return status | 0x80;
	case C3_CLD_STOPPED:
	case C3_CLD_TRAPPED:
		return status << 8 | 0x7f;
	case C3_CLD_CONTINUED:
		return 0xffff;
	default:
		return status;
	}
}

static uint64_t nanoseconds(const struct c3_timeval *time)
{
	return (uint64_t)time->sec * C3_NS_PER_SEC + (uint64_t)time->usec * 1000;
}

/*
 * A child that was reaped without us: 1 and how it ended, if the kernel (6.15) remembers that for
 * its pidfd; else -ECHILD. It remembers from the moment at which the pidfd hangs up, just after
 * waitid stops to know the child: wait for that, but not long, since a stranger's zombie looks the
 * same.
 */
static int exit_of_reaped(int pidfd, struct clone3_exit *result)
{
	struct c3_pidfd_info info;
	int32_t status;
	int error = c3_pidfd_raw_info(pidfd, CLONE3_INFO_EXIT, &info);

	if (error == 0 && !(info.mask & CLONE3_INFO_EXIT)) {
		int events = c3_poll(pidfd, C3_POLLIN, 0);

		if (events == 0)
			return -ECHILD;
		if (events == C3_POLLIN)
			c3_poll(pidfd, 0, c3_deadline_in(C3_REAPING_NS));
		error = c3_pidfd_raw_info(pidfd, CLONE3_INFO_EXIT, &info);
	}
	if (error < 0 || !(info.mask & CLONE3_INFO_EXIT))
		return -ECHILD;
	status = info.exit_code;
	result->wait_status = status;
	if ((status & 0x7f) == 0) {
		result->code = C3_CLD_EXITED;
		result->status = status >> 8 & 0xff;
	} else {
		result->code = status & 0x80 ? C3_CLD_DUMPED : C3_CLD_KILLED;
		result->status = status & 0x7f;
	}
	return 1;
}

/*
 * EINVAL of a pidfd comes from valgrind, which does not know P_PIDFD. Nor does it know that the
 * place for the answer may be none.
 */
int c3_wait(int id_type, int id, long options, struct c3_siginfo *info, struct c3_rusage *usage)
{
	struct c3_siginfo unused = { 0 };
	long error;
	int pid;

	if (!info)
		info = &unused;
	do
		error = c3_syscall5(C3_NR_waitid, id_type, id, c3_address(info),
				    options | C3_WEXITED, c3_address(usage));
	while (error == -EINTR);
	if (error != -EINVAL || id_type != C3_P_PIDFD)
		return (int)error;
	pid = c3_pidfd_pid_by_proc(id);
	if (pid > 0)
		return c3_wait(C3_P_PID, pid, options, info, usage);
	return pid == -ESRCH ? -ECHILD : -EBADF;
}

int clone3_pidfd_wait(int pidfd, unsigned int options, struct clone3_exit *result)
{
	struct c3_siginfo info;
	struct c3_rusage usage;
	struct clone3_exit unused;
	int error;

	if (!result)
		result = &unused;
	*result = (struct clone3_exit){ 0 };
	if (options & ~(unsigned int)C3_WAIT_OPTIONS)
		return -EINVAL;
	if (pidfd < 0)
		return -EBADF;
	info.pid = 0; /* the kernel leaves it alone where it answers "nothing yet" */
	error = c3_wait(C3_P_PIDFD, pidfd, (long)options | C3__WALL, &info, &usage);
	if (error == -ECHILD)
		return exit_of_reaped(pidfd, result);
	if (error < 0)
		return error;
	if (info.pid == 0)
		return 0;
	result->pid = info.pid;
	result->code = info.code;
	result->status = info.status;
	result->wait_status = wait_status_of(info.code, info.status);
	result->user_ns = nanoseconds(&usage.user);
	result->system_ns = nanoseconds(&usage.system);
	result->max_rss_bytes = (uint64_t)usage.max_rss_kib * 1024;
	result->minor_faults = (uint64_t)usage.minor_faults;
	result->major_faults = (uint64_t)usage.major_faults;
	result->voluntary_switches = (uint64_t)usage.voluntary_switches;
	result->involuntary_switches = (uint64_t)usage.involuntary_switches;
	return 1;
}

int clone3_pidfd_wait_timeout(int pidfd, unsigned int options, int64_t timeout_ns,
			      struct clone3_exit *result)
{
	int64_t deadline = c3_deadline_in(timeout_ns);
	int silent = (options & (CLONE3_WAIT_STOPPED | CLONE3_WAIT_CONTINUED)) != 0;
	int ready = 0;

	if (options & CLONE3_WAIT_NOHANG) {
		if (result)
			*result = (struct clone3_exit){ 0 };
		return -EINVAL;
	}
	for (;;) {
		int64_t until = deadline;
		int64_t now;
		int answer = clone3_pidfd_wait(pidfd, options | CLONE3_WAIT_NOHANG, result);

		if (answer != 0)
			return answer;
		now = c3_now();
		if (now < 0 || deadline < 0)
			return (int)(now < 0 ? now : deadline);
		if (now >= deadline)
			return -ETIMEDOUT;
		/* A pidfd that is readable though there is nothing to wait for would make it spin. */
		if ((silent || ready) && until - now > C3_ASK_AGAIN_NS)
			until = now + C3_ASK_AGAIN_NS;
		ready = c3_poll(ready ? -1 : pidfd, C3_POLLIN, until);
		if (ready < 0)
			return ready;
	}
}
