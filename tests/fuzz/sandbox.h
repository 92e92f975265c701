/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A place for plans that could do harm: namespaces of the process's own, of every kind. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "../c/spawn_namespace.h"

#define SANDBOX_NONE 99 /* exit status where it cannot be had */

/* Many ids, so that there are some to change to. */
static inline bool sandbox_map(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return write_text(path, "0 0 1\n1 100000 65534\n");
}

/* Into namespaces of these kinds; root's maps are written from outside. */
static inline bool sandbox_unshare(int kinds)
{
	pid_t pid, self = getpid();
	bool entered;
	int ends[2];
	char byte;

	if (geteuid() != 0)
		return become_root_of(kinds);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) != 1 || !sandbox_map(self, "uid_map") ||
		      !sandbox_map(self, "gid_map"));
	}
	entered = unshare(CLONE_NEWUSER | kinds) == 0 && write(ends[1], "", 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return reap_code(pid) == 0 && entered;
}

/* The first process: it reaps whatever comes to it, and ends as the second one does. */
static inline void sandbox_init(pid_t second)
{
	int status = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) != second || WIFSTOPPED(status))
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Returns in a process in there, as its root, whose end is that of the caller. */
static inline void sandbox_enter(void)
{
	const int kinds = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;
	int status;
	pid_t pid;

	/* libFuzzer starts itself again, to merge or to minimize inputs. */
	if (getenv("FUZZ_SANDBOX"))
		return;
	setenv("FUZZ_SANDBOX", "yes", 1);
	if (!sandbox_unshare(kinds)) {
		fprintf(stderr, "no namespaces to be had\n");
		_exit(SANDBOX_NONE);
	}
	pid = fork();
	if (pid > 0) {
		status = reap_code(pid);
		_exit(status < 0 ? 1 : status);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0)
		_exit(SANDBOX_NONE);
	pid = fork();
	if (pid > 0)
		sandbox_init(pid);
}

#endif
