/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Callers compiled against the first version of each struct that may grow, and each earlier one of
 * struct clone3_args: they are served, and no byte behind their struct is read or written.
 *
 * The structs here are frozen copies. They are not to follow the header.
 */
#include "spawn.h"

#include <sys/stat.h>

struct args_ver0 {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
};

struct args_ver1 {
	struct args_ver0 ver0;
	uint64_t set_tid;
	uint64_t set_tid_size;
};

struct args_ver2 {
	struct args_ver1 ver1;
	uint64_t cgroup;
};

struct support_ver0 {
	uint64_t size;
	int32_t clone3_error;
	uint32_t args_size;
	uint64_t flags;
	uint64_t steps;
};

struct plan_ver0 {
	uint64_t size;
	uint64_t steps;
	uint64_t optional;
	const char *path;
	const char *const *argv;
	const char *const *envp;
	uint64_t pointers_and_sizes[30];
	uint64_t capabilities[6];
	uint64_t groups[2];
	const char *cwd;
	uint64_t signal_mask;
	uint64_t seccomp[2];
	int32_t descriptors_and_numbers[5];
	uint32_t umask;
	uint32_t numbers[10];
	int32_t exec_fd;
	uint32_t reserved;
};

struct child_ver0 {
	uint64_t size;
	int32_t pid;
	int32_t pidfd;
	uint64_t emulated;
	uint64_t omitted;
	uint64_t failed_step;
	uint32_t failed_index;
	int32_t error;
};

struct info_ver0 {
	uint64_t size;
	uint64_t mask;
	uint64_t cgroup_id;
	uint32_t pid;
	uint32_t tgid;
	uint32_t ppid;
	uint32_t credentials[8];
	int32_t wait_status;
	uint32_t coredump[3];
	uint32_t reserved;
	uint64_t supported;
};

_Static_assert(sizeof(struct args_ver0) == 64, "args, version 0");
_Static_assert(sizeof(struct args_ver1) == 80, "args, version 1");
_Static_assert(sizeof(struct args_ver2) == 88, "args, version 2");
_Static_assert(sizeof(struct support_ver0) == 32, "support, version 0");
_Static_assert(sizeof(struct plan_ver0) == 456, "plan, version 0");
_Static_assert(offsetof(struct plan_ver0, cwd) == 352, "plan, cwd");
_Static_assert(offsetof(struct plan_ver0, umask) == 404, "plan, umask");
_Static_assert(offsetof(struct plan_ver0, exec_fd) == 448, "plan, exec_fd");
_Static_assert(sizeof(struct child_ver0) == 48, "child, version 0");
_Static_assert(sizeof(struct info_ver0) == 96, "info, version 0");

/* Zeroed memory of @size bytes, behind which nothing can be read or written. */
static void *at_edge(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);

	if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0) {
		printf("Bail out! no memory: %s\n", strerror(errno));
		exit(1);
	}
	return pages + page - size;
}

static int program(const char *what)
{
	(void)what;
	report->value[0] = umask(0);
	if (!getcwd(report->text, sizeof(report->text)))
		return 1;
	return 0;
}

static int returns(void *status)
{
	return (int)(intptr_t)status;
}

/* One test: a fork and a call by these arguments are children that end as they should. */
static void creates(const void *args, size_t size, const char *what)
{
	int fork_status = -1;
	int call_status = -1;
	int pid = clone3_fork(args, size);

	if (pid == 0)
		_exit(3);
	waitpid(pid, &fork_status, __WALL);
	pid = clone3_call(args, size, returns, (void *)4);
	waitpid(pid, &call_status, __WALL);
	ok(WIFEXITED(fork_status) && WEXITSTATUS(fork_status) == 3 && WIFEXITED(call_status) &&
		   WEXITSTATUS(call_status) == 4,
	   "%s: children by clone3_fork and clone3_call", what);
	is(clone3_check(args, size, NULL), 0, "clone3_check takes it");
	ok(clone3_explain(args, size, EAGAIN)[0] != 0, "clone3_explain takes it");
}

static void args(void)
{
	struct args_ver0 *ver0 = at_edge(sizeof(*ver0));
	struct args_ver1 *ver1 = at_edge(sizeof(*ver1));
	struct args_ver2 *ver2 = at_edge(sizeof(*ver2));
	int bad_tids[] = { 0 };

	ver0->exit_signal = SIGCHLD;
	creates(ver0, sizeof(*ver0), "args of 64 bytes");
	ver1->ver0 = *ver0;
	creates(ver1, sizeof(*ver1), "args of 80 bytes");
	ver2->ver1 = *ver1;
	creates(ver2, sizeof(*ver2), "args of 88 bytes");

	/* Its newest member is taken for what it is. */
	ver1->set_tid = (uintptr_t)bad_tids;
	ver1->set_tid_size = 1;
	is(clone3_fork((const void *)ver1, sizeof(*ver1)), -EINVAL, "a tid of 0 is seen in 80");
	ver2->ver1.ver0.flags = CLONE3_INTO_CGROUP;
	ver2->cgroup = 999;
	is(clone3_fork((const void *)ver2, sizeof(*ver2)), -EBADF, "a bad cgroup is seen in 88");
}

static void plans(void)
{
	struct plan_ver0 *plan = at_edge(sizeof(*plan));
	struct child_ver0 *child = at_edge(sizeof(*child));
	struct clone3_exit end = { 0 };
	struct clone3_plan model = plan_for("plan");

	plan->size = sizeof(*plan);
	plan->steps = CLONE3_STEP_UMASK | CLONE3_STEP_CWD;
	plan->path = model.path;
	plan->argv = model.argv;
	plan->umask = 0135;
	plan->cwd = "/dev";
	child->size = sizeof(*child);
	is(clone3_spawn((const void *)plan, (void *)child), 0, "a plan of 456 bytes is spawned");
	is(clone3_pidfd_wait(child->pidfd, 0, &end), 1, "its record of 48 has the pidfd");
	ok(child->pid > 0 && end.pid == child->pid && end.code == CLD_EXITED && end.status == 0,
	   "and the pid of the program, which ran");
	ok(report->value[0] == 0135 && strcmp(report->text, "/dev") == 0,
	   "its umask and directory are the program's");
	close(child->pidfd);

	plan->steps |= CLONE3_STEP_EXEC_FD;
	plan->path = NULL;
	plan->exec_fd = 999;
	child->size = sizeof(*child);
	is(clone3_spawn((const void *)plan, (void *)child), -EBADF, "its last member is seen");
	ok(child->pid == -1 && child->pidfd == -1 && child->error == EBADF &&
		   child->failed_step != 0,
	   "and the record filled");
}

static void others(void)
{
	struct support_ver0 *support = at_edge(sizeof(*support));
	struct info_ver0 *info = at_edge(sizeof(*info));
	int pidfd = clone3_pidfd_open(getpid(), 0);

	support->size = sizeof(*support);
	is(clone3_probe((void *)support), 0, "clone3_probe with 32 bytes");
	ok(support->size == sizeof(*support) && support->flags & CLONE3_VM &&
		   support->steps & CLONE3_STEP_UMASK,
	   "they are filled");
	info->size = sizeof(*info);
	info->mask = CLONE3_INFO_PID;
	is(clone3_pidfd_get_info(pidfd, (void *)info), 0, "clone3_pidfd_get_info with 96 bytes");
	ok(info->size == sizeof(*info) && info->tgid == (uint32_t)getpid(), "they are filled");
	close(pidfd);
}

int main(int argc, char **argv)
{
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	report_open();
	state_take(&before);
	args();
	plans();
	others();
	nothing_left(&before, "old callers");
	return done();
}
