/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What it costs to start a program, run it and reap it, in several ways and from several callers:
 *
 *   spawn PROGRAM [MIB [ROUNDS]]
 *
 * Each caller is a process of its own that takes one sample when it is told to. All are asked in
 * turn, sample by sample, so that what disturbs the machine disturbs them alike. The figures to
 * compare are the ratios of medians.
 */
#include "../c/cgroup_dir.h"

#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define MOST_ROUNDS 20000

enum way { FLOOR, POSIX_SPAWN, FORK, FORK_MAPS, BARE, FULL, CLOSE_OTHERS, MAPS, WAYS };

static const char *const names[WAYS] = {
	[FLOOR] = "vfork, execve, waitpid",
	[POSIX_SPAWN] = "posix_spawn, waitpid",
	[FORK] = "fork, execve, waitpid",
	[FORK_MAPS] = "fork, user namespace",
	[BARE] = "clone3_spawn, bare",
	[FULL] = "clone3_spawn, 12 steps",
	[CLOSE_OTHERS] = "clone3_spawn, close others",
	[MAPS] = "clone3_spawn, user namespace",
};

/* Of the ways to make a user namespace with several ranges of ids, which needs root. */
static const struct clone3_id_range ranges[] = { { 0, 100000, 1000 }, { 1000, 0, 1 } };
static bool has_maps;

static bool is_fork(int way)
{
	return way == FORK || way == FORK_MAPS;
}

/* A caller that is compared. fork is asked for once in @fork_every rounds, as it may take long. */
static struct caller {
	const char *name;
	size_t mib;
	int descriptors;
	int fork_every;
	int commands; /* pipes to and from its process */
	int answers;
	pid_t pid;
} callers[] = {
	{ .name = "small", .descriptors = 14, .fork_every = 1 },
	{ .name = "large", .descriptors = 14, .fork_every = 25 },
	{ .name = "10,000 descriptors", .descriptors = 10000, .fork_every = 1 },
};

static double samples[COUNT(callers)][WAYS][MOST_ROUNDS];
static int taken[COUNT(callers)][WAYS];

static const char *argv_of_program[2];
static struct clone3_plan plans[WAYS];

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The plan whose parts programs such as service managers ask for. */
static void full_plan(struct clone3_plan *plan, int cgroup_fd)
{
	static const struct clone3_rlimit limits[] = {
		{ RLIMIT_NOFILE, 0, 1024, 1024 },
		{ RLIMIT_CORE, 0, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 65536, 65536 },
	};
	static const struct clone3_fd fds[] = { { 0, 0 },  { 1, 1 }, { 2, 2 }, { 3, 10 },
						{ 4, 11 }, { 5, 4 }, { 6, 5 }, { 3, 6 } };
	static uint64_t cpus[16];

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
	if (cgroup_fd >= 0) {
		plan->steps |= CLONE3_STEP_CGROUP;
		plan->cgroup_fd = cgroup_fd;
	}
}

static void make_plans(const char *program, int cgroup_fd)
{
	argv_of_program[0] = program;
	for (int way = BARE; way < WAYS; way++)
		plans[way] = (struct clone3_plan){
			.size = sizeof(plans[way]),
			.path = program,
			.argv = argv_of_program,
		};
	full_plan(&plans[FULL], cgroup_fd);
	plans[CLOSE_OTHERS].steps = CLONE3_STEP_CLOSE_OTHERS;
	plans[MAPS].steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP;
	plans[MAPS].namespaces = CLONE3_NEWUSER;
	plans[MAPS].uid_map = plans[MAPS].gid_map = ranges;
	plans[MAPS].uid_map_count = plans[MAPS].gid_map_count = COUNT(ranges);
}

static void start_by_plan(const struct clone3_plan *plan)
{
	struct clone3_child child = { .size = sizeof(child) };

	if (clone3_spawn(plan, &child) < 0) {
		errno = child.error;
		die(clone3_step_name(child.failed_step));
	}
	if (clone3_pidfd_wait(child.pidfd, 0, NULL) != 1)
		die("clone3_pidfd_wait");
	close(child.pidfd);
}

static void write_map(pid_t pid, const char *name)
{
	char path[64], text[128] = "";
	int fd;

	for (int i = 0; i < COUNT(ranges); i++)
		sprintf(text + strlen(text), "%u %u %u\n", ranges[i].inside, ranges[i].outside,
			ranges[i].count);
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/* What programs do today: the child waits until its parent has written the maps. */
static pid_t fork_with_maps(char *const *argv)
{
	int ready[2];
	char byte = 0;
	pid_t pid;
	struct clone3_args args = { .flags = CLONE3_NEWUSER, .exit_signal = SIGCHLD };

	if (pipe2(ready, O_CLOEXEC) != 0)
		die("pipe");
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		if (read(ready[0], &byte, 1) == 1)
			execve(argv[0], argv, environ);
		_exit(127);
	}
	if (pid > 0) {
		write_map(pid, "uid_map");
		write_map(pid, "gid_map");
		if (write(ready[1], &byte, 1) != 1)
			die("pipe");
	}
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void start_otherwise(enum way way)
{
	char *const *argv = (char *const *)argv_of_program;
	pid_t pid;

	if (way == POSIX_SPAWN) {
		errno = posix_spawn(&pid, argv[0], NULL, NULL, argv, environ);
		if (errno)
			die("posix_spawn");
	} else if (way == FORK_MAPS) {
		pid = fork_with_maps(argv);
	} else {
		pid = way == FLOOR ? vfork() : fork();
		if (pid == 0) {
			execve(argv[0], argv, environ);
			_exit(127);
		}
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("waitpid");
}

/* Microseconds. */
static double sample(enum way way)
{
	uint64_t begin = now_ns(CLOCK_MONOTONIC);

	if (way >= BARE)
		start_by_plan(&plans[way]);
	else
		start_otherwise(way);
	return (double)(now_ns(CLOCK_MONOTONIC) - begin) / 1e3;
}

/* Resident in small pages, as memory that programs have used for long mostly is. */
static void take_memory(size_t mib)
{
	size_t size = mib << 20;
	char *memory = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);

	if (memory == MAP_FAILED)
		die("memory");
	madvise(memory, size, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < size; i += 4096)
		memory[i] = 1;
}

static void open_descriptors(int count)
{
	while (count > 0 && fcntl(0, F_GETFD) >= 0) {
		int fd = fcntl(0, F_DUPFD_CLOEXEC, 3);

		if (fd < 0)
			die("descriptors (see ulimit -n)");
		if (fd >= count - 1)
			break;
	}
}

static void serve(const struct caller *caller, int commands, int answers)
{
	int way;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	take_memory(caller->mib);
	open_descriptors(caller->descriptors);
	while (read(commands, &way, sizeof(way)) == sizeof(way)) {
		double us;

		if (!is_fork(way)) /* what ran before in another process has left the caches cold */
			sample((enum way)way);
		us = sample((enum way)way);
		if (write(answers, &us, sizeof(us)) != sizeof(us))
			break;
	}
	_exit(0);
}

static void start_caller(struct caller *caller)
{
	int commands[2], answers[2];

	if (pipe2(commands, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0)
		die("pipe");
	caller->pid = fork();
	if (caller->pid < 0)
		die("fork");
	if (caller->pid == 0) {
		close(commands[1]);
		close(answers[0]);
		serve(caller, commands[0], answers[1]);
	}
	close(commands[0]);
	close(answers[1]);
	caller->commands = commands[1];
	caller->answers = answers[0];
}

static double ask(const struct caller *caller, int way)
{
	double us;

	if (write(caller->commands, &way, sizeof(way)) != sizeof(way) ||
	    read(caller->answers, &us, sizeof(us)) != sizeof(us))
		die(caller->name);
	return us;
}

static int is_more(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static double quartile(int caller, int way, int number)
{
	return samples[caller][way][(taken[caller][way] - 1) * number / 4];
}

static void report(void)
{
	bool quiet = true;

	for (int i = 0; i < COUNT(callers); i++) {
		printf("\ncaller: %s, %zu MiB, %d descriptors\n", callers[i].name, callers[i].mib,
		       callers[i].descriptors);
		printf("  %-28s %9s %9s %9s %9s %10s\n", "us", "1st quart", "median", "3rd quart",
		       "samples", "of floor");
		for (int way = 0; way < WAYS; way++)
			qsort(samples[i][way], (size_t)taken[i][way], sizeof(double), is_more);
		for (int way = 0; way < WAYS; way++)
			if (taken[i][way])
				printf("  %-28s %9.1f %9.1f %9.1f %9d %10.3f\n", names[way],
				       quartile(i, way, 1), quartile(i, way, 2),
				       quartile(i, way, 3), taken[i][way],
				       quartile(i, way, 2) / quartile(i, FLOOR, 2));
		quiet &= quartile(i, FLOOR, 3) <= 3 * quartile(i, FLOOR, 1);
	}
	printf("\nratios of medians\n");
	for (int i = 0; i < COUNT(callers); i++)
		printf("  bare / posix_spawn, caller %s: %.3f\n", callers[i].name,
		       quartile(i, BARE, 2) / quartile(i, POSIX_SPAWN, 2));
	printf("  bare, large caller / bare, small caller: %.3f\n",
	       quartile(1, BARE, 2) / quartile(0, BARE, 2));
	printf("  close others, 10,000 descriptors / 14: %.3f\n",
	       quartile(2, CLOSE_OTHERS, 2) / quartile(0, CLOSE_OTHERS, 2));
	printf("  close others / posix_spawn, both with 10,000 descriptors: %.3f\n",
	       quartile(2, CLOSE_OTHERS, 2) / quartile(2, POSIX_SPAWN, 2));
	for (int i = 0; i < COUNT(callers) && has_maps; i++)
		printf("  user namespace / with fork, caller %s: %.4f\n", callers[i].name,
		       quartile(i, MAPS, 2) / quartile(i, FORK_MAPS, 2));
	if (!quiet)
		printf("\nNo conclusion: the floor's quartiles vary by more than 3x.\n");
}

int main(int argc, char **argv)
{
	struct cgroup cgroup;
	struct rlimit limit;
	char *program;
	bool has_cgroup;
	int rounds = argc > 3 ? atoi(argv[3]) : 1000;

	if (argc < 2 || rounds < 100 || rounds > MOST_ROUNDS) {
		fprintf(stderr, "usage: %s PROGRAM [MIB [ROUNDS, 100 to %d]]\n", argv[0],
			MOST_ROUNDS);
		return 2;
	}
	callers[1].mib = argc > 2 ? strtoul(argv[2], NULL, 10) : 4096;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	has_maps = geteuid() == 0;
	has_cgroup = cgroup_make(NULL, &cgroup);
	if (!has_cgroup)
		printf("No cgroup can be made here: the plan has 11 steps.\n");
	program = realpath(argv[1], NULL); /* a plan with a directory starts it from there */
	if (!program)
		die(argv[1]);
	make_plans(program, has_cgroup ? cgroup.fd : -1);
	for (int i = 0; i < COUNT(callers); i++)
		start_caller(&callers[i]);

	/* The first tenth warms up. */
	for (int round = -rounds / 10; round < rounds; round++)
		for (int way = 0; way < WAYS; way++)
			for (int i = 0; i < COUNT(callers); i++) {
				double us;

				if (is_fork(way) && round % callers[i].fork_every != 0)
					continue;
				if (!has_maps && (way == MAPS || way == FORK_MAPS))
					continue;
				us = ask(&callers[i], way);
				if (round >= 0)
					samples[i][way][taken[i][way]++] = us;
			}
	/* A caller has copies of the pipes to those before it: all are closed before any is awaited. */
	for (int i = 0; i < COUNT(callers); i++)
		close(callers[i].commands);
	for (int i = 0; i < COUNT(callers); i++)
		waitpid(callers[i].pid, NULL, 0);
	if (has_cgroup)
		cgroup_remove(&cgroup);
	report();
	free(program);
	return 0;
}
