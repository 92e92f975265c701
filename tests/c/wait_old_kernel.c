/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where waitid(2) has no P_PIDFD (EINVAL: Linux 5.3, valgrind) a pidfd is waited for by its pid. */
#include "old_kernel.h"
#include "spawn.h"

#define SECOND_NS 1000000000LL

static bool refuse_pidfds(void)
{
	return refuse_if(SYS_waitid, 0, UINT32_MAX, CHILD_P_PIDFD, EINVAL);
}

static int program(const char *what)
{
	if (strcmp(what, "linger") == 0)
		sleep_ms(100);
	return 7;
}

static const char *fault_of_end(const struct clone3_exit *end, int answer, pid_t pid, int code,
				int status)
{
	return answer == 1 && end->pid == pid && end->code == code && end->status == status ?
		       "" :
		       "the end is not told right";
}

static const char *waits(const void *unused)
{
	struct child child = child_start(child_returns, (void *)(intptr_t)5);
	struct clone3_exit end;
	const char *fault;
	int answer;

	(void)unused;
	if (!refuse_pidfds())
		return "no filter";
	answer = clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOWAIT, &end);
	fault = fault_of_end(&end, answer, child.pid, CLD_EXITED, 5);
	if (fault[0])
		return fault;
	answer = clone3_pidfd_wait(child.pidfd, 0, &end);
	fault = fault_of_end(&end, answer, child.pid, CLD_EXITED, 5);
	if (!fault[0] && !has_no_child())
		fault = "it is not reaped";
	/* What a pidfd still knows (6.15) is told; else nothing is. */
	answer = clone3_pidfd_wait(child.pidfd, 0, &end);
	if (!fault[0] && answer != -ECHILD && !(answer == 1 && end.status == 5 && end.pid == 0))
		fault = "another answer of one that was reaped";
	return fault;
}

static const char *waits_in_time(const void *unused)
{
	struct child child = child_start(child_pauses, NULL);
	struct clone3_exit end;
	int answer;

	(void)unused;
	if (!refuse_pidfds())
		return "no filter";
	if (clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_NOHANG, &end) != 0 || end.pid != 0)
		return "one that runs has ended";
	if (clone3_pidfd_wait_timeout(child.pidfd, 0, 0, &end) != -ETIMEDOUT ||
	    clone3_pidfd_wait_timeout(child.pidfd, 0, 20000000, &end) != -ETIMEDOUT)
		return "no time-out";
	kill(child.pid, SIGSTOP);
	answer = clone3_pidfd_wait_timeout(child.pidfd, CLONE3_WAIT_STOPPED, 20 * SECOND_NS, &end);
	if (fault_of_end(&end, answer, child.pid, CLD_STOPPED, SIGSTOP)[0])
		return "a stop is not told right";
	kill(child.pid, SIGKILL);
	answer = clone3_pidfd_wait_timeout(child.pidfd, 0, 20 * SECOND_NS, &end);
	if (fault_of_end(&end, answer, child.pid, CLD_KILLED, SIGKILL)[0])
		return "the end is not told right";
	return has_no_child() ? "" : "it is not reaped";
}

/* The library's own waits, too: of a program, of a failure, of a child that another thread cannot see. */
static const char *spawns(const void *unused)
{
	struct clone3_plan plan = plan_for("linger");
	const char *fault;

	(void)unused;
	if (!refuse_pidfds())
		return "no filter";
	fault = fault_of_run(&plan, 7, NULL);
	plan.path = "/nonexistent";
	return fault[0] ? fault : fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
}

static const char *refuses(const void *pointer)
{
	const int *fds = pointer;
	struct child child = child_start(child_pauses, NULL);
	struct clone3_exit end;

	if (!refuse_pidfds())
		return "no filter";
	for (int i = 0; fds[i] != -2; i++) {
		memset(&end, 0xa5, sizeof(end));
		if (clone3_pidfd_wait(fds[i], CLONE3_WAIT_NOHANG, &end) != -EBADF || end.pid ||
		    clone3_pidfd_wait_timeout(fds[i], 0, SECOND_NS, &end) != -EBADF)
			return "what is no pidfd is waited for";
	}
	child_end(&child);
	return "";
}

/* A process that is no child of the caller's. */
static const char *of_a_stranger(const void *unused)
{
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	int result;

	(void)unused;
	if (!refuse_pidfds())
		return "no filter";
	result = clone3_pidfd_wait(self, CLONE3_WAIT_NOHANG, NULL);
	close(self);
	return result == -ECHILD ? "" : "a stranger is waited for";
}

int main(int argc, char **argv)
{
	int fds[8] = { -1, 1000000, -2, -2, -2, -2, -2, -2 };
	struct state before;
	int ends[2];

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	state_take(&before);
	pipe2(ends, O_CLOEXEC);
	fds[2] = ends[0];
	fds[3] = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	fds[4] = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fds[5] = report_fd;
	holds_apart(waits, NULL, "a child is waited for, once");
	holds_apart(waits_in_time, NULL, "with a time-out, and its stop");
	holds_apart(spawns, NULL, "a spawn");
	holds_apart(refuses, fds, "what is not a pidfd is -EBADF");
	holds_apart(of_a_stranger, NULL, "what is not a child is -ECHILD");
	close(ends[0]);
	close(ends[1]);
	close(fds[3]);
	close(fds[4]);
	nothing_left(&before, "all of this");
	return done();
}
