/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A tour of libclone3: what this machine offers, and each way to create a child.
 *
 * Build: cc demo.c -lclone3. Needs no privilege; what is not allowed is explained instead.
 */
#define _GNU_SOURCE
#include <clone3.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Every function of the library answers -errno: print it, with the likeliest causes. */
static void print_error(const struct clone3_args *args, int error)
{
	const char *causes = clone3_explain(args, sizeof(*args), error);

	printf("  refused: %s\n", strerror(-error));
	if (*causes)
		printf("  likely:  %s\n", causes);
}

/* 1. What the kernel, and the sandbox around this process, let us use. Creates nothing. */
static int show_support(void)
{
	struct clone3_support support = { .size = sizeof(support) };
	int error = clone3_probe(&support);
	int column = 0;
	int width = 0;

	if (error < 0)
		return error;
	puts("1. What can be used here");
	if (support.clone3_error)
		printf("  clone3 is refused (%s): clone(2) takes its place",
		       strerror(support.clone3_error));
	else
		printf("  clone3 works; the kernel knows %" PRIu32 " bytes of its arguments",
		       support.args_size);
	for (int bit = 0; bit < 64; bit++) {
		uint64_t flag = 1ULL << bit;
		const char *name = clone3_flag_name(flag); /* NULL: not a flag's bit */

		if (!name)
			continue;
		printf("%s%*s", column % 3 ? "" : "\n", column % 3 ? 28 - width : 2, "");
		width = printf("%-3s  %s", support.flags & flag ? "yes" : "no", name);
		column++;
	}
	puts("\n");
	return 0;
}

/* Something for the child to do: 80 ms of CPU time, in 16 MiB of memory. */
static int work(void)
{
	size_t size = 16 << 20;
	volatile char *memory = malloc(size);

	if (!memory)
		return 1;
	while (clock() < CLOCKS_PER_SEC * 80 / 1000)
		for (size_t i = 0; i < size; i += 64)
			memory[i]++;
	return 42;
}

/* 2. A child as fork(2) makes it, held by a pidfd from birth: no race with a reused pid. */
static int show_pidfd(void)
{
	struct clone3_args args;
	struct clone3_exit result;
	int pidfd = -1;
	int pid;
	int answer;

	clone3_args_init(&args); /* all zero, and SIGCHLD at the end, as with fork */
	args.flags = CLONE3_PIDFD;
	args.pidfd = (uintptr_t)&pidfd;

	puts("2. A child with a pidfd");
	fflush(stdout); /* as before any fork: what is buffered would be printed twice */
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(work());
	if (pid < 0) {
		print_error(&args, pid);
		return pid;
	}

	/* 20 ms are not enough for it ... */
	answer = clone3_pidfd_wait_timeout(pidfd, 0, 20 * 1000000, &result);
	printf("  pid %d after 20 ms: %s\n", pid, answer == -ETIMEDOUT ? "still running" : "ended");

	/* ... so wait for its end, unless it has come already. The answer 1: result is filled. */
	if (answer == -ETIMEDOUT)
		answer = clone3_pidfd_wait(pidfd, 0, &result);
	close(pidfd);
	if (answer < 0)
		return answer;
	if (result.code == CLD_EXITED)
		printf("  it exited with status %d\n", result.status);
	else
		printf("  it was killed by signal %d\n", result.status);
	printf("  it used %" PRIu64 ".%03" PRIu64 " ms of CPU time and at most %" PRIu64 " KiB of "
	       "memory\n\n",
	       (result.user_ns + result.system_ns) / 1000000,
	       (result.user_ns + result.system_ns) / 1000 % 1000, result.max_rss_bytes / 1024);
	return 0;
}

/* Make uid 0 inside of the caller's own uid outside: one line anybody may write, for itself. */
static int map_root(uid_t outside)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "0 %u 1\n", (unsigned int)outside);
	int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	int mapped = fd >= 0 && write(fd, line, (size_t)length) == length;

	if (fd >= 0)
		close(fd);
	return mapped ? 0 : -1;
}

/* Runs in the child. dprintf: stdio's buffer is the parent's business. */
static int look_around(uid_t outside)
{
	char name[65] = "";

	if (map_root(outside) != 0 || sethostname("inside", 6) != 0)
		return 1;
	gethostname(name, sizeof(name) - 1);
	dprintf(STDOUT_FILENO, "  the child sees itself as pid %d, uid %u, on host \"%s\"\n",
		(int)getpid(), (unsigned int)getuid(), name);
	return 0;
}

/* 3. A child in namespaces of its own. NEWUSER gives it the rights that the others need. */
static int show_namespaces(void)
{
	struct clone3_args args;
	struct clone3_exit result;
	char name[65] = "";
	uid_t outside = geteuid();
	int pidfd = -1;
	int pid;
	int answer;

	clone3_args_init(&args);
	args.flags = CLONE3_NEWUSER | CLONE3_NEWPID | CLONE3_NEWUTS | CLONE3_PIDFD;
	args.pidfd = (uintptr_t)&pidfd;

	puts("3. A child in new user, pid and UTS namespaces");
	fflush(stdout);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(look_around(outside));
	if (pid < 0) {
		/* Common in containers. Not an error of this program. */
		print_error(&args, pid);
		puts("");
		return 0;
	}
	answer = clone3_pidfd_wait(pidfd, 0, &result);
	close(pidfd);
	if (answer < 0)
		return answer;
	if (result.wait_status != 0)
		puts("  the child was created, but may not set itself up here");
	gethostname(name, sizeof(name) - 1);
	printf("  the parent sees it as pid %d, and is itself on host \"%s\"\n\n", pid, name);
	return 0;
}

/*
 * Runs on its own stack in the caller's memory, and with the caller's thread pointer: so it must
 * not use the libc, not even errno.
 */
static int add_up(void *argument)
{
	uint64_t *numbers = argument;

	for (int i = 1; i < 5; i++)
		numbers[0] += numbers[i];
	return 5; /* the exit status */
}

/* 4. A function on a stack of its own, sharing memory: the cheapest child there is. */
static int show_function(void)
{
	uint64_t numbers[5] = { 0, 10, 20, 30, 40 };
	struct clone3_args args;
	struct clone3_stack stack;
	int status = 0;
	int pid;
	int error = clone3_stack_map(64 * 1024, &stack); /* with a guard page below it */

	if (error < 0)
		return error;
	clone3_args_init(&args);
	args.flags = CLONE3_VM |
		     CLONE3_VFORK;          /* VFORK: this thread goes on after the child's end */
	args.stack = (uintptr_t)stack.base; /* the lowest address */
	args.stack_size = stack.size;

	puts("4. A function on its own stack, in shared memory");
	pid = clone3_call(&args, sizeof(args), add_up, numbers);
	if (pid < 0) {
		print_error(&args, pid);
		clone3_stack_unmap(&stack);
		return pid;
	}
	/* The stack may be freed after the wait, not before. */
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	clone3_stack_unmap(&stack);
	printf("  pid %d left the sum %" PRIu64 " in our memory, and exit status %d\n\n", pid,
	       numbers[0], WEXITSTATUS(status));
	return 0;
}

/* The time in microseconds that @start takes, as the median of some runs; negative: -errno. */
static double latency_us(int (*start)(const struct clone3_plan *plan),
			 const struct clone3_plan *plan)
{
	double times[11];
	const int runs = sizeof(times) / sizeof(times[0]);

	for (int i = 0; i < runs; i++) {
		struct timespec begin, end;
		int error;
		int j = i;

		clock_gettime(CLOCK_MONOTONIC, &begin);
		error = start(plan);
		clock_gettime(CLOCK_MONOTONIC, &end);
		if (error < 0)
			return error;

		double us = (double)(end.tv_sec - begin.tv_sec) * 1e6 +
			    (double)(end.tv_nsec - begin.tv_nsec) / 1e3;

		for (; j > 0 && times[j - 1] > us; j--)
			times[j] = times[j - 1];
		times[j] = us;
	}
	return times[runs / 2];
}

static int start_by_spawn(const struct clone3_plan *plan)
{
	struct clone3_child child = { .size = sizeof(child) };
	int error = clone3_spawn(plan, &child);

	if (error < 0)
		return error;
	error = clone3_pidfd_wait(child.pidfd, 0, NULL);
	close(child.pidfd);
	return error < 0 ? error : 0;
}

static int start_by_fork(const struct clone3_plan *plan)
{
	pid_t pid = fork();

	if (pid == 0) {
		execve(plan->path, (char *const *)plan->argv, environ);
		_exit(127);
	}
	return pid < 0 || waitpid(pid, NULL, 0) != pid ? -errno : 0;
}

/* 5. A program started from a plan: all that is to be done before it runs is data. */
static int show_spawn(void)
{
	const char *script = "echo \"  the program: umask $(umask), at most $(ulimit -n) files, "
			     "in $(pwd), nice $(nice)\"";
	const char *argv[] = { "sh", "-c", script, NULL };
	const char *nothing[] = { "true", NULL };
	const struct clone3_fd fds[] = { { 1, 1 }, { 2, 2 } };
	const struct clone3_rlimit limits[] = { { RLIMIT_NOFILE, 0, 64, 64 } };
	struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_SESSION | CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS |
			 CLONE3_STEP_RLIMITS | CLONE3_STEP_UMASK | CLONE3_STEP_CWD |
			 CLONE3_STEP_NICE | CLONE3_STEP_NO_NEW_PRIVS,
		.path = "/bin/sh",
		.argv = argv,
		.fds = fds,
		.fd_count = 2,
		.rlimits = limits,
		.rlimit_count = 1,
		.umask = 077,
		.cwd = "/",
		.nice = 19,
	};
	struct clone3_child child = { .size = sizeof(child) };
	size_t gib = 1UL << 30;
	char *memory;
	int error;

	puts("5. A program started from a plan");
	fflush(stdout);
	error = clone3_spawn(&plan, &child);
	if (error < 0)
		return error;
	error = clone3_pidfd_wait(child.pidfd, 0, NULL);
	close(child.pidfd);
	if (error < 0)
		return error;

	/* A failure says which step it was, and leaves nothing behind. */
	plan.cwd = "/no/such/directory";
	error = clone3_spawn(&plan, &child);
	printf("  with another directory: step %s, index %u: %s\n",
	       clone3_step_name(child.failed_step), child.failed_index, strerror(child.error));

	/* The cost does not depend on the size of the caller. fork's does. */
	plan = (struct clone3_plan){ .size = sizeof(plan), .path = "/bin/true", .argv = nothing };
	memory = mmap(NULL, gib, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	madvise(memory, gib, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < gib; i += 4096)
		memory[i] = 1;
	printf("  /bin/true, started and waited for by a process with 1 GiB resident:\n"
	       "  clone3_spawn %.0f us, fork and exec %.0f us\n\n",
	       latency_us(start_by_spawn, &plan), latency_us(start_by_fork, &plan));
	munmap(memory, gib);
	return 0;
}

/* 6. Two mistakes. The kernel only says EINVAL to the first one, and EBADF to the second. */
static void show_mistakes(void)
{
	struct clone3_args args;
	const char *reason;
	int pid;

	puts("6. Two wrong calls");
	clone3_args_init(&args);
	args.flags = CLONE3_NEWNS | CLONE3_FS;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	printf("  NEWNS | FS: %s\n", strerror(-pid));
	/* What is wrong with arguments as such, clone3_check() tells without trying. */
	if (clone3_check(&args, sizeof(args), &reason) < 0)
		printf("  because:  %s\n", reason);

	clone3_args_init(&args);
	args.flags = CLONE3_INTO_CGROUP;
	args.cgroup = (uint64_t)open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* no cgroup */
	puts("  INTO_CGROUP with a descriptor of the root directory:");
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	/* What depends on the system, clone3_explain() tells of the errno that came back. */
	print_error(&args, pid);
	close((int)args.cgroup);
}

int main(void)
{
	int error = show_support();

	if (error == 0)
		error = show_pidfd();
	if (error == 0)
		error = show_namespaces();
	if (error == 0)
		error = show_function();
	if (error == 0)
		error = show_spawn();
	if (error < 0) {
		fprintf(stderr, "demo: %s\n", strerror(-error));
		return 1;
	}
	show_mistakes();
	printf("\nlibclone3 %s\n", clone3_version());
	return 0;
}
