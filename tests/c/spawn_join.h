/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Processes whose namespaces the tests join. */
#ifndef SPAWN_JOIN_H
#define SPAWN_JOIN_H

#include "spawn_namespace.h"

/*
 * A process in new namespaces, the first of its pid namespace if that is new. It is a child's child,
 * and what joins it runs in a process apart, to which it is no child at all.
 */
struct holder {
	struct child outer;
	uint64_t kinds;
	bool ordinary;
	bool (*prepare)(void);
	int pid;
	int pidfd;
	int ready;
};

static inline int holder_body(void *pointer)
{
	struct holder *holder = pointer;
	int kinds = (int)(holder->kinds & ~CLONE3_NEWUSER);
	pid_t pid;

	if (holder->ordinary && !be_ordinary())
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* again, after the change of ids */
	if (holder->kinds & CLONE3_NEWUSER ? !become_root_of(kinds) : unshare(kinds) != 0)
		return 2;
	if (kinds & CLONE_NEWNS && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return 3;
	if (holder->prepare && !holder->prepare())
		return 4;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child_pauses(NULL);
	}
	holder->pid = pid;
	announce(&holder->ready);
	return reap(pid) == SIGKILL ? 0 : 5;
}

static inline struct holder *holder_start(uint64_t kinds, bool ordinary, bool (*prepare)(void))
{
	struct holder *holder = shared_memory(sizeof(*holder));

	holder->kinds = kinds;
	holder->ordinary = ordinary;
	holder->prepare = prepare;
	holder->outer = child_start(holder_body, holder);
	if (!await(&holder->ready)) {
		printf("Bail out! no process to join\n");
		exit(1);
	}
	holder->pidfd = (int)syscall(SYS_pidfd_open, holder->pid, 0);
	return holder;
}

static inline int holder_namespace(const struct holder *holder, uint64_t kind)
{
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (namespace_kinds[i].flag == kind) {
			char path[64];

			snprintf(path, sizeof(path), "/proc/%d/ns/%s", holder->pid,
				 namespace_kinds[i].name);
			return open(path, O_RDONLY | O_CLOEXEC);
		}
	return -1;
}

/* What a process has that joins @kinds of it. */
static inline void holder_joined(const struct holder *holder, uint64_t kinds, int64_t *inodes)
{
	namespaces_here(inodes);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (kinds & namespace_kinds[i].flag)
			inodes[i] = (int64_t)proc_namespace(holder->pid, namespace_kinds[i].name);
}

/* It ends, and with it all that is in its pid namespace, and is reaped. The pidfd stays open. */
static inline void holder_kill(struct holder *holder)
{
	kill(holder->pid, SIGKILL);
	child_await_end(&holder->outer);
}

static inline void holder_end(struct holder *holder)
{
	holder_kill(holder);
	child_reap(&holder->outer);
	close(holder->outer.pidfd);
	close(holder->pidfd);
	munmap(holder, sizeof(*holder));
}

#endif
