/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Pid namespaces to join, and plans whose program is therefore a nested child. */
#ifndef NESTED_H
#define NESTED_H

#include "spawn_walk.h"

#include <sched.h>

/* Its init is nobody's child here, so that tests can tell that they have none left. */
struct pid_namespace {
	int fd;
	int init; /* pidfd */
	int life; /* it ends with this pipe */
};

struct pid_namespace_start {
	int life[2];
	pid_t init;
};

static inline int pid_namespace_init(void *pointer)
{
	struct pid_namespace_start *start = pointer;
	char byte;
	pid_t pid;

	if (unshare(CLONE_NEWPID) != 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		close(start->life[1]);
		while (read(start->life[0], &byte, 1) < 0 && errno == EINTR)
			;
		_exit(0);
	}
	start->init = pid;
	return pid < 0;
}

/* False where there is none to be had. */
static inline bool pid_namespace_make(struct pid_namespace *namespace)
{
	struct pid_namespace_start *start = shared_memory(sizeof(*start));
	char path[64];
	bool made = pipe2(start->life, O_CLOEXEC) == 0 && apart(pid_namespace_init, start) == 0;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", (int)start->init);
	namespace->fd = made ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	namespace->init = made ? (int)syscall(SYS_pidfd_open, start->init, 0) : -1;
	namespace->life = start->life[1];
	close(start->life[0]);
	munmap(start, sizeof(*start));
	return namespace->fd >= 0 && namespace->init >= 0;
}

static inline void pid_namespace_kill(const struct pid_namespace *namespace)
{
	syscall(SYS_pidfd_send_signal, namespace->init, SIGKILL, NULL, 0);
}

static inline void pid_namespace_end(struct pid_namespace *namespace)
{
	pid_namespace_kill(namespace);
	close(namespace->fd);
	close(namespace->init);
	close(namespace->life);
}

/* A program in the namespace; @join must live as long as the plan. */
static inline struct clone3_plan
plan_to_join(struct clone3_join *join, const struct pid_namespace *namespace, const char *what)
{
	struct clone3_plan plan = plan_for(what);

	*join = (struct clone3_join){ namespace->fd, 0, CLONE3_NEWPID };
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = join;
	plan.join_count = 1;
	return plan;
}

/* False, with a skip, where nothing can be nested. */
static inline bool nested_can_be_tested(const char *name, struct pid_namespace *namespace)
{
	if (geteuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip(name, "needs root");
		return false;
	}
	if (!pid_namespace_make(namespace)) {
		skip(name, "there is no pid namespace to be had");
		return false;
	}
	return true;
}

#endif
