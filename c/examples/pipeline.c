/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A pipeline of programs in one process group, with a time-out:
 *
 *   pipeline SECONDS PROGRAM [ARG ...] [-- PROGRAM [ARG ...]] ...
 *
 * Without arguments it runs `seq 1 100000`, `sort -r` and `head -n 3`, for five seconds at most.
 *
 * Each program gets exactly its three descriptors: pipes that other programs hold open, by accident
 * or by a race with another thread, are what makes pipelines hang. Each is held by a pidfd, so that
 * a signal never hits a stranger.
 */
#define _GNU_SOURCE
#include <clone3.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST 32

struct process {
	const char *name;
	struct clone3_child child;
};

/* Starts one program of the pipeline. @group is 0 for the first, which leads the group. */
static int start(const char *const *argv, int input, int output, int group,
		 struct clone3_child *child)
{
	const struct clone3_fd fds[] = { { input, 0 }, { output, 1 }, { 2, 2 } };
	const struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_PROCESS_GROUP |
			 CLONE3_STEP_DEFAULT_SIGNALS,
		.path = argv[0],
		.argv = argv,
		.search_path = getenv("PATH"),
		.fds = fds,
		.fd_count = 3,
		.process_group = group,
		.default_signals = 1ULL << (SIGPIPE - 1), /* a shell's child expects it */
	};

	*child = (struct clone3_child){ .size = sizeof(*child) };
	return clone3_spawn(&plan, child);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/*
 * Reports how each ended. When the time is over, those that are left are killed. The answer is 0 if
 * it was not, and the last program ended well: one that writes to a program that has read enough
 * dies of SIGPIPE.
 */
static int wait_for_all(const struct process *processes, int count, int64_t deadline)
{
	int failed = 0;
	int late = 0;

	for (int i = 0; i < count; i++) {
		const struct clone3_child *child = &processes[i].child;
		int64_t left = deadline - now_ns();
		struct clone3_exit end;
		int answer = clone3_pidfd_wait_timeout(child->pidfd, 0, left > 0 ? left : 0, &end);

		if (answer == -ETIMEDOUT) {
			fprintf(stderr, "%s: time is over\n", processes[i].name);
			late = 1;
			for (int j = i; j < count; j++)
				clone3_pidfd_send_signal(processes[j].child.pidfd, SIGKILL, 0);
			answer = clone3_pidfd_wait(child->pidfd, 0, &end);
		}
		close(child->pidfd);
		if (answer < 0)
			fprintf(stderr, "%s: %s\n", processes[i].name, strerror(-answer));
		else if (end.code == CLD_EXITED)
			fprintf(stderr, "%s: exit status %d\n", processes[i].name, end.status);
		else
			fprintf(stderr, "%s: signal %d\n", processes[i].name, end.status);
		failed = answer < 0 || end.wait_status != 0;
	}
	return failed || late;
}

/* Cuts the arguments at each "--" and starts what is between. */
static int run(const char **arguments, double seconds)
{
	struct process processes[MOST];
	int count = 0;
	int input = 0;
	int error = 0;
	int64_t deadline = now_ns() + (int64_t)(seconds * 1e9);

	while (*arguments && count < MOST && !error) {
		const char **end = arguments;
		int ends[2] = { -1, 1 };
		int last;

		while (*end && strcmp(*end, "--") != 0)
			end++;
		last = *end == NULL;
		*end = NULL;
		if (!last && pipe2(ends, O_CLOEXEC) != 0)
			error = -errno;
		if (!error)
			error = start(arguments, input, ends[1], count ? processes[0].child.pid : 0,
				      &processes[count].child);
		if (error) {
			const char *step = clone3_step_name(processes[count].child.failed_step);

			fprintf(stderr, "cannot start %s: %s: %s\n", arguments[0],
				step ? step : "pipe", strerror(-error));
		} else {
			processes[count++].name = arguments[0];
		}
		if (input != 0)
			close(input);
		if (ends[1] != 1)
			close(ends[1]);
		input = ends[0];
		arguments = last ? end : end + 1;
	}
	if (input > 0)
		close(input);
	/* After an error the pipe's end is closed, and what was started ends of it or of time. */
	return wait_for_all(processes, count, deadline) || error;
}

int main(int argc, const char **argv)
{
	const char *usual[] = { "seq", "1",    "100000", "--", "sort", "-r",
				"--",  "head", "-n",     "3",  NULL };

	if (argc == 1)
		return run(usual, 5);
	if (argc < 3 || !(atof(argv[1]) > 0)) {
		fprintf(stderr, "usage: %s SECONDS PROGRAM [ARG ...] [-- PROGRAM [ARG ...]] ...\n",
			argv[0]);
		return 2;
	}
	return run(argv + 2, atof(argv[1]));
}
