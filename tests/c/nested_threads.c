/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Four threads join a pid namespace at once: alone, then beside a thread that reaps whatever it can,
 * then with 10,000 descriptors that are to be closed.
 */
#include "nested.h"

#define THREADS 4
#define SPAWNS (SANITIZED ? 30 : 150)
#define DESCRIPTORS 10000

static struct clone3_plan plans[2];
static int over;
static bool stolen;

/* What the kernel lets the program see: the descriptors that it has. */
static int program(const char *what)
{
	int open_fds = 0;

	(void)what;
	for (int fd = 3; fd < 64; fd++)
		open_fds += fcntl(fd, F_GETFD) >= 0;
	return open_fds;
}

static void *spawn_all(void *pointer)
{
	int *wrong = pointer;

	for (int i = 0; i < SPAWNS; i++) {
		const struct clone3_plan *plan = &plans[i % 4 == 3];
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };
		int result = clone3_spawn(plan, &child);
		int waited;

		if (plan == &plans[1]) {
			*wrong += result != -ENOENT || child.failed_step != CLONE3_STEP_EXEC ||
				  child.pid != -1 || child.pidfd != -1;
			continue;
		}
		if (result != 0 || child.pid <= 0) {
			printf("# result %d, step %s\n", result,
			       clone3_step_name(child.failed_step));
			++*wrong;
			continue;
		}
		waited = clone3_pidfd_wait(child.pidfd, 0, &end);
		/* Either its own status, or the kernel's memory of one that was taken. */
		*wrong += !(waited == 1 && end.code == CLD_EXITED && end.status == 1) &&
			  !(stolen && waited == -ECHILD);
		*wrong += fcntl(child.pidfd, F_GETFD) != FD_CLOEXEC;
		close(child.pidfd);
	}
	return NULL;
}

static void *reap_all(void *unused)
{
	int status;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED))
		if (waitpid(-1, &status, __WALL) < 0)
			sched_yield();
	return unused;
}

static void by_threads(const char *what)
{
	pthread_t threads[THREADS];
	int wrong[THREADS] = { 0 };
	struct state before;
	int sum = 0;

	state_take(&before);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, spawn_all, &wrong[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += wrong[i];
	}
	is(sum, 0, what);
	nothing_left(&before, what);
}

/* Numbers that the plan names although they are closed: the kernel's pidfds come to be there. */
static void closed_numbers_named(const struct pid_namespace *namespace)
{
	struct clone3_join join;
	struct clone3_plan plan = plan_to_join(&join, namespace, "unused");
	int lowest = fcntl(0, F_DUPFD, 0);

	close(lowest);
	for (int closes = 0; closes < 2; closes++)
		for (int number = lowest; number < lowest + 8; number++) {
			struct clone3_fd map = { number, 40 };
			struct clone3_plan named;

			if (fcntl(number, F_GETFD) >= 0)
				continue;
			if (closes)
				plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
			named = plan;
			named.steps |= CLONE3_STEP_FDS;
			named.fds = &map;
			named.fd_count = 1;
			refused(&named, EBADF, CLONE3_STEP_FDS, 0, "a closed source");
			named = plan;
			named.steps |= CLONE3_STEP_CWD_FD;
			named.cwd_fd = number;
			refused(&named, EBADF, CLONE3_STEP_CWD_FD, 0, "a closed directory");
			named = plan;
			named.steps |= CLONE3_STEP_CGROUP;
			named.cgroup_fd = number;
			refused(&named, EBADF, CLONE3_STEP_CGROUP, 0, "a closed cgroup");
			named = plan;
			named.path = NULL;
			named.steps |= CLONE3_STEP_EXEC_FD;
			named.exec_fd = number;
			refused(&named, EBADF, CLONE3_STEP_EXEC, 0, "a closed program");
		}
}

int main(int argc, char **argv)
{
	struct pid_namespace namespace;
	struct clone3_join join;
	struct clone3_fd map;
	struct rlimit limit;
	pthread_t reaper;
	int opened = 0;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!nested_can_be_tested("nested_threads", &namespace))
		return done();
	map = (struct clone3_fd){ report_fd, report_fd };
	closed_numbers_named(&namespace);

	plans[0] = plan_to_join(&join, &namespace, "unused");
	plans[0].steps |= CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_FDS;
	plans[0].fds = &map;
	plans[0].fd_count = 1;
	plans[1] = plans[0];
	plans[1].path = "/nonexistent";
	by_threads("four threads");

	stolen = true;
	pthread_create(&reaper, NULL, reap_all, NULL);
	by_threads("beside a reaper");
	announce(&over);
	pthread_join(reaper, NULL);
	stolen = false;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	while (opened < DESCRIPTORS && dup(report_fd) >= 0)
		opened++;
	printf("# %d descriptors\n", opened);
	by_threads("many descriptors");
	pid_namespace_end(&namespace);
	return done();
}
