/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_PTRACE has the caller's tracer trace the child; CLONE_UNTRACED keeps it from that. */
#include "task.h"

#include <sys/ptrace.h>

/* In shared memory: the tracer as the child reads it. */
struct seen {
	long tracer;
};

static uint64_t flags_of_traced;

/* The traced process: stops once for its tracer, then creates a child. */
static int traced(struct seen *seen)
{
	struct clone3_args args = args_with(flags_of_traced);
	int pid;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 77;
	raise(SIGSTOP);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		seen->tracer = (long)proc_status(getpid(), getpid(), "TracerPid", 10);
		_exit(0);
	}
	return reap_code(pid) == 0 ? 0 : 1;
}

/* Trace a process that creates a child: the tracer that the child found, or -1. */
static long tracer_of_child(uint64_t flags, long options, struct seen *seen)
{
	bool started = false;
	pid_t creator, pid;
	int status;
	int code = -1;

	seen->tracer = -1;
	flags_of_traced = flags;
	fflush(stdout);
	creator = fork();
	if (creator == 0)
		_exit(traced(seen));
	/* Every stop of either process is ended; without a signal, that of the very stop. */
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (pid == creator && WIFEXITED(status))
			code = WEXITSTATUS(status);
		if (!WIFSTOPPED(status))
			continue;
		if (pid == creator && !started) {
			started = true;
			ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options);
		}
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	}
	if (code == 77)
		return -77;
	return code == 0 ? seen->tracer : -1;
}

int main(void)
{
	struct seen *seen = shared_memory(sizeof(*seen));
	struct state before;
	long tracer;

	state_take(&before);
	tracer = tracer_of_child(0, 0, seen);
	if (tracer == -77) {
		skip("fork_trace_flags", "ptrace is refused here");
		return done();
	}
	is(tracer, 0, "the child of a traced process is not traced by itself");
	is(tracer_of_child(CLONE3_PTRACE, 0, seen), getpid(), "CLONE_PTRACE: it is");
	is(tracer_of_child(0, PTRACE_O_TRACEFORK, seen), getpid(), "a tracer can force it");
	is(tracer_of_child(CLONE3_UNTRACED, PTRACE_O_TRACEFORK, seen), 0,
	   "CLONE_UNTRACED: not on this child");
	is(tracer_of_child(CLONE3_UNTRACED | CLONE3_PTRACE, 0, seen), getpid(),
	   "both: CLONE_PTRACE asks for it itself");
	nothing_left(&before, "after the children");
	return done();
}
