/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The ways to start a program that are measured from C. Each starts it, awaits its end and returns
 * 0 or the errno of what failed.
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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

static char *stack_top(void)
{
	static struct clone3_stack stack;

	if (!stack.base)
		clone3_stack_map(65536, &stack);
	return (char *)stack.base + stack.size;
}

/* The pidfd has ended. */
static int reap_by_pidfd(int pidfd)
{
	siginfo_t info = { 0 };
	int error = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | __WALL) ? errno : 0;

	close(pidfd);
	return error ? error : info.si_status ? ENOENT : 0;
}

static int exec_by_hand(void *argv)
{
	execve(*(char **)argv, argv, environ);
	_exit(127);
}

/* The floor with a pidfd and a stack of its own: what the kernel takes for these. */
int bench_clone_pidfd(char *const *argv)
{
	int pidfd;
	int pid = clone(exec_by_hand, stack_top(), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD,
			(void *)(uintptr_t)argv, &pidfd);

	return pid < 0 ? errno : reap_by_pidfd(pidfd);
}

/* The system calls of the full plan, for just its values. */
static int steps_by_hand(void *pointer)
{
	const struct clone3_plan *plan = pointer;
	int fd;

	syscall(SYS_close_range, 14U, ~0U, 2U /* CLOSE_RANGE_UNSHARE */);
	syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */);
	setsid();
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (write(fd, "500", 3) != 3)
		_exit(126);
	close(fd);
	umask((mode_t)plan->umask);
	for (fd = 0; fd < 3; fd++)
		fcntl(fd, F_SETFD, 0);
	dup2(3, 10);
	dup2(4, 11);
	dup2(5, 4);
	dup2(6, 5);
	dup2(3, 6);
	for (size_t i = 0; i < plan->rlimit_count; i++)
		syscall(SYS_prlimit64, 0, plan->rlimits[i].resource, &plan->rlimits[i].soft, NULL);
	if (chdir(plan->cwd) != 0)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, plan->parent_death_signal);
	getppid();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	syscall(SYS_sched_setaffinity, 0, plan->affinity_words * sizeof(uint64_t), plan->affinity);
	return exec_by_hand((void *)(uintptr_t)plan->argv);
}

/* All the steps, or the cgroup alone, by what the kernel takes for them and nothing else. */
int bench_by_hand(const struct clone3_plan *plan)
{
	const void *argv = plan->argv;
	int is_full = plan->steps != CLONE3_STEP_CGROUP;
	int32_t pidfd;
	struct clone3_args args = {
		.flags = CLONE3_VM | CLONE3_VFORK | CLONE3_PIDFD | CLONE3_CLEAR_SIGHAND |
			 CLONE3_INTO_CGROUP | (is_full ? CLONE3_FILES : 0),
		.pidfd = (uintptr_t)&pidfd,
		.stack = (uintptr_t)stack_top() - 65536,
		.stack_size = 65536,
		.cgroup = (uint64_t)plan->cgroup_fd,
	};
	int pid = clone3_call(&args, sizeof(args), is_full ? steps_by_hand : exec_by_hand,
			      (void *)(uintptr_t)(is_full ? plan : argv));

	return pid < 0 ? -pid : reap_by_pidfd(pidfd);
}
