/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a spawn must still do where clone3 is refused: the same tests for each way of refusing. */
#ifndef SPAWN_WITHOUT_CLONE3_H
#define SPAWN_WITHOUT_CLONE3_H

#include "cgroup_dir.h"
#include "filter.h"
#include "spawn.h"

#define SIGNAL_BIT(signo) (1ULL << ((signo)-1))

static volatile sig_atomic_t without_told;

static inline void without_on_signal(int signo)
{
	without_told += signo == SIGCHLD;
}

/* The program: what it was started with. */
static inline int without_program(const char *what)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];

	(void)what;
	report->value[0] = (int64_t)proc_status(getpid(), getpid(), "SigCgt", 16);
	report->value[1] = (int64_t)proc_status(getpid(), getpid(), "SigIgn", 16);
	report->value[2] = (int64_t)raw_mask();
	report->value[3] = fcntl(900, F_GETFD) >= 0;
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "0::", 3) == 0)
			snprintf(report->text, sizeof(report->text), "%.*s",
				 (int)strcspn(line + 3, "\n"), line + 3);
	return 0;
}

/* The libc may keep signals to itself, which the program's own libc handles again: not asked. */
#define WITHOUT_SIGNALS                                                                            \
	(SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGUSR1) | SIGNAL_BIT(SIGUSR2) | SIGNAL_BIT(SIGTERM) |    \
	 SIGNAL_BIT(SIGCHLD))

static inline const char *without_signals(void)
{
	struct clone3_plan plan = plan_for("signals");
	struct clone3_child child;
	struct sigaction action = { .sa_handler = without_on_signal };
	const char *fault;
	sigset_t blocked;

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	plan.steps = CLONE3_STEP_IGNORE_SIGNALS;
	plan.ignore_signals = SIGNAL_BIT(SIGHUP);
	fault = fault_of_run(&plan, 0, &child);
	sigemptyset(&blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	if (fault[0])
		return fault;
	if (report->value[0] & (int64_t)WITHOUT_SIGNALS)
		return "the program has handlers";
	if ((report->value[1] & (int64_t)WITHOUT_SIGNALS) !=
	    (int64_t)(SIGNAL_BIT(SIGHUP) | SIGNAL_BIT(SIGUSR2)))
		return "the program ignores other signals";
	if (report->value[2] != (int64_t)SIGNAL_BIT(SIGUSR1))
		return "the program has another mask";
	sigaction(SIGTERM, NULL, &action);
	if (action.sa_handler != without_on_signal)
		return "the caller lost its handler";
	return child.emulated || child.omitted ? "something is reported" : "";
}

static inline const char *without_failures(void)
{
	struct sigaction action = { .sa_handler = without_on_signal };
	struct clone3_plan plan = plan_for("unused");
	const char *fault = "";

	sigaction(SIGCHLD, &action, NULL);
	without_told = 0;
	plan.path = "/nonexistent";
	for (int i = 0; i < 100 && !fault[0]; i++)
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	if (fault[0])
		return fault;
	return without_told ? "SIGCHLD was sent" : "";
}

static inline const char *without_close_others(void)
{
	struct clone3_plan plan = plan_for("descriptors");
	const struct clone3_fd map[] = { { report_fd, report_fd } };
	struct clone3_child child;
	const char *fault;
	int fd = dup2(0, 900);

	plan.steps = CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_FDS;
	plan.fds = map;
	plan.fd_count = 1;
	fault = fault_of_run(&plan, 0, &child);
	close(fd);
	if (fault[0])
		return fault;
	if (report->value[3])
		return "a descriptor stayed open";
	return child.emulated == (CLONE3_STEP_CLOSE_OTHERS & ~support_here().steps) ? "" :
										      "emulated";
}

static inline const char *without_guarded(void)
{
	struct clone3_plan plan = plan_for("user");

	if (geteuid() != 0)
		return "";
	plan.steps = CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID;
	plan.gid = plan.uid = 65534;
	return fault_of_run(&plan, 0, NULL);
}

static struct cgroup *without_cgroup;

static inline const char *without_cgroup_joined(void)
{
	struct clone3_plan plan = plan_for("cgroup");
	const char *name = strrchr(without_cgroup->path, '/');
	struct clone3_child child;
	const char *fault;

	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = without_cgroup->fd;
	fault = fault_of_run(&plan, 0, &child);
	if (fault[0])
		return fault;
	if (child.emulated != CLONE3_STEP_CGROUP)
		return "not reported as emulated";
	return strlen(report->text) >= strlen(name) &&
			       strcmp(report->text + strlen(report->text) - strlen(name), name) ==
				       0 ?
		       "" :
		       "the program is in another cgroup";
}

static inline const char *without_cgroup_errors(void)
{
	struct clone3_plan plan = plan_for("unused");
	int other = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *fault;

	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = other;
	fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_CGROUP, 0);
	if (!fault[0]) {
		plan.cgroup_fd = 19999;
		fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_CGROUP, 0);
	}
	close(other);
	return fault;
}

static inline const char *without_cgroup_removed(void)
{
	struct clone3_plan plan = plan_for("unused");

	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = without_cgroup->fd;
	return fault_of_refusal(&plan, ENOENT, CLONE3_STEP_CGROUP, 0);
}

/* Left out where it may be, and reported so. */
static inline const char *without_cgroup_omitted(void)
{
	struct clone3_plan plan = plan_for("cgroup");
	struct clone3_child child;
	const char *fault;

	plan.steps = plan.optional = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = without_cgroup->fd;
	fault = fault_of_run(&plan, 0, &child);
	if (fault[0])
		return fault;
	return child.omitted == CLONE3_STEP_CGROUP && !child.emulated ? "" : "not reported";
}

/* Each in a process of its own, in which @refuse_clone3 is called first. */
struct without_test {
	bool (*refuse_clone3)(void);
	const char *(*fault)(void);
};

static inline const char *without_run(const void *pointer)
{
	const struct without_test *test = pointer;

	return test->refuse_clone3() ? test->fault() : "there is no filter";
}

static inline void without(bool (*refuse_clone3)(void), const char *(*fault)(void), const char *how,
			   const char *what)
{
	const struct without_test test = { refuse_clone3, fault };
	char name[256];

	snprintf(name, sizeof(name), "%s: %s", how, what);
	holds_apart(without_run, &test, name);
}

/* @all: clone3 is refused for everything, and not only for a cgroup. */
static inline void without_clone3(bool (*refuse_clone3)(void), bool all, const char *how)
{
	struct cgroup cgroup;

	if (all) {
		without(refuse_clone3, without_signals, how, "signals");
		without(refuse_clone3, without_failures, how, "failures are invisible");
		without(refuse_clone3, without_close_others, how, "others are closed");
		without(refuse_clone3, without_guarded, how, "another user");
	}
	if (!cgroup_make(NULL, &cgroup)) {
		skip("spawn_without_clone3", "no right to make a cgroup");
		return;
	}
	without_cgroup = &cgroup;
	without(refuse_clone3, without_cgroup_joined, how, "the cgroup is joined");
	without(refuse_clone3, without_cgroup_errors, how, "what is no cgroup");
	cgroup_rmdir(&cgroup);
	without(refuse_clone3, without_cgroup_removed, how, "a cgroup that was removed");
	without(refuse_clone3, without_cgroup_omitted, how, "one that may be left out");
	close(cgroup.fd);
}

#endif
