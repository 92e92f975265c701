/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The ways to start a program that are measured from C. Each starts it, awaits its end and returns 0
 * or the errno of what failed.
 */
#define _GNU_SOURCE
#include <clone3.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

extern char **environ;

static const struct clone3_id_range ranges[] = { { 0, 100000, 1000 }, { 1000, 0, 1 } };

/* exec's failure shows in the exit status alone, as in any fork without a pipe. */
static int reap(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return errno;
	return status == 0 ? 0 : ENOENT;
}

int bench_floor(char *const *argv)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execve(argv[0], argv, environ);
		_exit(127);
	}
	return reap(pid);
}

int bench_fork(char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		execve(argv[0], argv, environ);
		_exit(127);
	}
	return reap(pid);
}

int bench_fork_close_range(char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		syscall(SYS_close_range, 3U, ~0U, 0U);
		execve(argv[0], argv, environ);
		_exit(127);
	}
	return reap(pid);
}

int bench_posix_spawn(char *const *argv)
{
	pid_t pid;
	int error = posix_spawn(&pid, argv[0], NULL, NULL, argv, environ);

	return error ? error : reap(pid);
}

typedef int pidfd_spawn_function(int *pidfd, const char *path, const posix_spawn_file_actions_t *,
				 const posix_spawnattr_t *, char *const *argv, char *const *envp);

static pidfd_spawn_function *pidfd_spawn_here(void)
{
	return (pidfd_spawn_function *)dlsym(RTLD_DEFAULT, "pidfd_spawn");
}

int bench_has_pidfd_spawn(void)
{
	return pidfd_spawn_here() != NULL;
}

int bench_pidfd_spawn(char *const *argv)
{
	static pidfd_spawn_function *function;
	siginfo_t info;
	int pidfd, error;

	if (!function)
		function = pidfd_spawn_here();
	error = function(&pidfd, argv[0], NULL, NULL, argv, environ);
	if (error)
		return error;
	error = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) ? errno : 0;
	close(pidfd);
	return error;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = fd < 0 || write(fd, text, strlen(text)) < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

static int write_map(pid_t pid, const char *name)
{
	char path[64], text[128] = "";

	for (size_t i = 0; i < COUNT(ranges); i++)
		sprintf(text + strlen(text), "%u %u %u\n", ranges[i].inside, ranges[i].outside,
			ranges[i].count);
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return write_file(path, text);
}

/* A child like fork's that waits until its parent has done what only the parent can. */
static int fork_and_prepare(char *const *argv, uint64_t flags, const char *cgroup_procs)
{
	struct clone3_args args = { .flags = flags, .exit_signal = SIGCHLD };
	int ready[2], error = 0, end;
	char text[32] = "";
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) != 0)
		return errno;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		if (read(ready[0], text, 1) == 1)
			execve(argv[0], argv, environ);
		_exit(127);
	}
	if (pid > 0 && flags)
		error = write_map(pid, "uid_map") | write_map(pid, "gid_map");
	if (pid > 0 && cgroup_procs) {
		snprintf(text, sizeof(text), "%d", (int)pid);
		error = write_file(cgroup_procs, text);
	}
	if (pid > 0 && !error && write(ready[1], text, 1) != 1)
		error = errno;
	close(ready[0]);
	close(ready[1]);
	if (pid < 0)
		return -pid;
	end = reap(pid);
	return error ? error : end;
}

int bench_fork_maps(char *const *argv)
{
	return fork_and_prepare(argv, CLONE3_NEWUSER, NULL);
}

int bench_fork_cgroup(char *const *argv, const char *cgroup_procs)
{
	return fork_and_prepare(argv, 0, cgroup_procs);
}

/* What each step is given: values such as a service manager's. Other steps are not asked for. */
void bench_plan(struct clone3_plan *plan, char *const *argv, uint64_t steps, int cgroup_fd)
{
	static const struct clone3_rlimit limits[] = {
		{ RLIMIT_NOFILE, 0, 1024, 1024 },
		{ RLIMIT_CORE, 0, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 65536, 65536 },
	};
	static const struct clone3_fd fds[] = { { 0, 0 },  { 1, 1 }, { 2, 2 }, { 3, 10 },
						{ 4, 11 }, { 5, 4 }, { 6, 5 }, { 3, 6 } };
	static uint64_t cpus[16];

	*plan = (struct clone3_plan){
		.size = sizeof(*plan),
		.steps = steps,
		.path = argv[0],
		.argv = (const char *const *)argv,
	};
	if (steps & CLONE3_STEP_FDS) {
		plan->fds = fds;
		plan->fd_count = COUNT(fds);
	}
	if (steps & CLONE3_STEP_RLIMITS) {
		plan->rlimits = limits;
		plan->rlimit_count = COUNT(limits);
	}
	if (steps & CLONE3_STEP_UMASK)
		plan->umask = 027;
	if (steps & CLONE3_STEP_CWD)
		plan->cwd = "/";
	if (steps & CLONE3_STEP_PARENT_DEATH_SIGNAL)
		plan->parent_death_signal = SIGKILL;
	if (steps & CLONE3_STEP_OOM_SCORE_ADJ)
		plan->oom_score_adj = 500;
	if (steps & CLONE3_STEP_AFFINITY) {
		sched_getaffinity(0, sizeof(cpus), (cpu_set_t *)cpus);
		plan->affinity = cpus;
		plan->affinity_words = COUNT(cpus);
	}
	if (steps & CLONE3_STEP_CGROUP)
		plan->cgroup_fd = cgroup_fd;
	if (steps & CLONE3_STEP_NAMESPACES)
		plan->namespaces = CLONE3_NEWUSER;
	if (steps & CLONE3_STEP_UID_MAP) {
		plan->uid_map = ranges;
		plan->uid_map_count = COUNT(ranges);
	}
	if (steps & CLONE3_STEP_GID_MAP) {
		plan->gid_map = ranges;
		plan->gid_map_count = COUNT(ranges);
	}
}

int bench_clone3_spawn(const struct clone3_plan *plan)
{
	struct clone3_child child = { .size = sizeof(child) };
	int result = clone3_spawn(plan, &child);

	if (result < 0)
		return -result;
	result = clone3_pidfd_wait(child.pidfd, 0, NULL);
	close(child.pidfd);
	return result < 0 ? -result : 0;
}
