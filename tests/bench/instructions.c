/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * How many instructions of user space a spawn takes, in the caller and in the child until exec:
 *
 *   instructions PROGRAM
 *
 * Counted by stepping through them one by one: a figure that nothing else on the machine disturbs,
 * where neither a counter of the processor nor valgrind (which has no clone3) is to be had.
 */
#define _GNU_SOURCE
#include <clone3.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Set by the traced process while it does what is counted. */
static volatile int *is_counted;

static void spawn_and_wait(const struct clone3_plan *plan)
{
	struct clone3_child child = { .size = sizeof(child) };

	if (clone3_spawn(plan, &child) < 0)
		return;
	clone3_pidfd_wait(child.pidfd, 0, NULL);
	close(child.pidfd);
}

/* The first spawn maps what the second finds. */
static void run(const struct clone3_plan *plan)
{
	spawn_and_wait(plan);
	*is_counted = 1;
	spawn_and_wait(plan);
	*is_counted = 0;
}

/* Steps that need no rights and no cgroup. */
static void full_plan(struct clone3_plan *plan)
{
	static const struct clone3_rlimit limits[] = {
		{ RLIMIT_NOFILE, 0, 64, 64 },
		{ RLIMIT_CORE, 0, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 65536, 65536 },
	};
	static const struct clone3_fd fds[] = { { 0, 0 },  { 1, 1 }, { 2, 2 }, { 3, 10 },
						{ 4, 11 }, { 5, 4 }, { 6, 5 }, { 3, 6 } };
	static uint64_t cpus[16];

	while (open("/dev/null", O_RDWR | O_CLOEXEC) < 13)
		;
	sched_getaffinity(0, sizeof(cpus), (cpu_set_t *)cpus);
	plan->steps = CLONE3_STEP_SESSION | CLONE3_STEP_SIGNAL_MASK | CLONE3_STEP_FDS |
		      CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_RLIMITS | CLONE3_STEP_UMASK |
		      CLONE3_STEP_CWD | CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_PARENT_DEATH_SIGNAL |
		      CLONE3_STEP_OOM_SCORE_ADJ | CLONE3_STEP_AFFINITY;
	plan->fds = fds;
	plan->fd_count = COUNT(fds);
	plan->rlimits = limits;
	plan->rlimit_count = COUNT(limits);
	plan->umask = 027;
	plan->cwd = "/";
	plan->parent_death_signal = SIGKILL;
	plan->oom_score_adj = 500;
	plan->affinity = cpus;
	plan->affinity_words = COUNT(cpus);
}

static pid_t start(const struct clone3_plan *plan)
{
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		run(plan);
		_exit(0);
	}
	return pid;
}

/* Of the caller and of its children. false: it cannot be done here. */
static bool count(const struct clone3_plan *plan, long *of_caller, long *of_child)
{
	const uintptr_t options = PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
				  PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	pid_t caller = start(plan);
	int status;

	*of_caller = *of_child = 0;
	if (waitpid(caller, &status, 0) != caller || !WIFSTOPPED(status))
		return false;
	ptrace(PTRACE_SETOPTIONS, caller, NULL, (void *)options);
	ptrace(PTRACE_SINGLESTEP, caller, NULL, NULL);
	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0)
			return false;
		if (!WIFSTOPPED(status)) {
			if (pid == caller)
				return status == 0 && *of_caller > 0;
			continue;
		}
		if (status >> 16 == PTRACE_EVENT_EXEC) {
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
			continue;
		}
		if (status >> 8 == SIGTRAP && *is_counted)
			++*(pid == caller ? of_caller : of_child);
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0)
			kill(pid, SIGKILL);
	}
}

int main(int argc, char **argv)
{
	static const char *argv_of_program[2];
	static const char *const names[] = { "bare", "11_steps", "failing_exec" };
	char *program = argc > 1 ? realpath(argv[1], NULL) : NULL;

	is_counted = mmap(NULL, sizeof(*is_counted), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!program || is_counted == MAP_FAILED) {
		fprintf(stderr, "usage: %s PROGRAM\n", argv[0]);
		return 2;
	}
	argv_of_program[0] = program;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct clone3_plan plan = {
			.size = sizeof(plan),
			.path = i == 2 ? "/nonexistent/program" : program,
			.argv = argv_of_program,
		};
		long of_caller, of_child;

		if (i == 1)
			full_plan(&plan);
		if (!count(&plan, &of_caller, &of_child)) {
			fprintf(stderr, "%s: cannot be stepped through here\n", names[i]);
			return 1;
		}
		printf("%-14s caller %5ld child %5ld\n", names[i], of_caller, of_child);
	}
	free(program);
	return 0;
}
