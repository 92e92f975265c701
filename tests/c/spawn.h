/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Plans for the C tests, the program that they start, and what must hold after every spawn. */
#ifndef SPAWN_H
#define SPAWN_H

#include "task.h"

/*
 * The program is the test itself, executed again with arguments: it stores what it sees in a report,
 * a memory file that it inherits, and the test looks at it when the program has ended.
 *
 *	static int program(const char *what)
 *	{
 *		report->value[0] = ...;
 *		return 0;
 *	}
 *
 *	int main(int argc, char **argv)
 *	{
 *		if (argc > 1)
 *			return program_main(argv, program);
 *		report_open();
 *		...
 *		struct clone3_plan plan = plan_for("umask");
 *		...
 *		runs(&plan, 0, "what this shows");
 *		is(report->value[0], 0123, "the program sees it");
 *		refused(&plan, EINVAL, CLONE3_STEP_UMASK, 0, "what is wrong");
 */
struct report {
	int64_t value[128];
	char text[4096];
};

static struct report *report;
static int report_fd = -1;
static char report_number[12];

static inline bool report_map(int fd)
{
	void *memory = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	report = memory == MAP_FAILED ? NULL : memory;
	return report != NULL;
}

/* In the test, before its first plan. The descriptor stays open across exec. */
static inline void report_open(void)
{
	report_fd = (int)syscall(SYS_memfd_create, "report", 0);
	if (report_fd < 0 || ftruncate(report_fd, sizeof(*report)) != 0 || !report_map(report_fd)) {
		printf("Bail out! no report: %s\n", strerror(errno));
		exit(1);
	}
	snprintf(report_number, sizeof(report_number), "%d", report_fd);
}

static inline void report_clear(void)
{
	memset(report, 0, sizeof(*report));
}

/* In the program: what @run returns is its exit status; 125 if it has no report. */
static inline int program_main(char **argv, int (*run)(const char *what))
{
	if (!argv[2] || !report_map(atoi(argv[2])))
		return 125;
	return run(argv[1]);
}

/*
 * Where the test runs under an emulator, for which /proc/self/exe is the emulator itself: a program
 * that runs the program whose path follows. NULL: there is none.
 */
static inline const char *emulator(void)
{
	return getenv("TEST_EMULATOR");
}

/*
 * A plan without steps that starts program(@what), whatever its user and its directory. The argument
 * vector is one for the process: a second plan at the same time needs its own.
 */
static inline struct clone3_plan plan_for(const char *what)
{
	static const char *argv[5];
	static char self[4096];
	struct clone3_plan plan = { .size = sizeof(plan), .path = "/proc/self/exe", .argv = argv };
	size_t at = 0;

	argv[at++] = "program";
	if (emulator() && (self[0] || readlink(plan.path, self, sizeof(self) - 1) > 0)) {
		plan.path = emulator();
		argv[at++] = self;
	}
	argv[at++] = what;
	argv[at++] = report_number;
	argv[at] = NULL;
	return plan;
}

/* The same by a descriptor of the test, for where there is no /proc; O_PATH, close-on-exec. */
static inline struct clone3_plan plan_by_fd_for(const char *what)
{
	struct clone3_plan plan = plan_for(what);
	static int self = -1;

	if (self < 0)
		self = open(plan.path, O_PATH | O_CLOEXEC);
	plan.path = NULL;
	plan.steps = CLONE3_STEP_EXEC_FD;
	plan.exec_fd = self;
	return plan;
}

/* A record in which every member is wrong until the library has set it. */
static inline struct clone3_child child_record(void)
{
	struct clone3_child child;

	memset(&child, 0xa5, sizeof(child));
	child.size = sizeof(child);
	return child;
}

#define ERRNO_BEFORE 4711

/* clone3_spawn; errno is ERRNO_BEFORE afterwards unless the library touched it. */
static inline int spawn_plan(const struct clone3_plan *plan, struct clone3_child *child)
{
	*child = child_record();
	errno = ERRNO_BEFORE;
	return clone3_spawn(plan, child);
}

/*
 * What is wrong with a spawn that must fail: "" if nothing. Prints nothing, so that a forked child
 * may call it, too; the answer is static.
 */
static inline const char *fault_of_refusal(const struct clone3_plan *plan, int error, uint64_t step,
					   uint32_t index)
{
	static char fault[512];
	struct state before, now;
	struct clone3_child child;
	int status;

	state_take(&before);

	int result = spawn_plan(plan, &child);
	int errno_now = errno;
	pid_t left = waitpid(-1, &status, __WALL | WNOHANG);
	bool childless = left == -1 && errno == ECHILD;

	state_take(&now);
	fault[0] = 0;
	if (errno_now != ERRNO_BEFORE)
		snprintf(fault, sizeof(fault), "errno was set to %d", errno_now);
	if (result == 0) {
		kill_one(child.pid, SIGKILL);
		waitpid(child.pid, &status, __WALL);
		close(child.pidfd);
		snprintf(fault, sizeof(fault), "it was started");
	} else if (result != -error || child.error != error || child.failed_step != step ||
		   child.failed_index != index || child.pid != -1 || child.pidfd != -1 ||
		   child.size != sizeof(child)) {
		const char *name = clone3_step_name(child.failed_step);
		const char *wanted = clone3_step_name(step);

		snprintf(fault, sizeof(fault),
			 "result %d, want %d; error %d, step %s, want %s; index %u, want %u; "
			 "pid %d, pidfd %d",
			 result, -error, child.error, name ? name : "?", wanted ? wanted : "?",
			 child.failed_index, index, child.pid, child.pidfd);
	} else if (now.descriptors != before.descriptors || now.mask != before.mask ||
		   now.dumpable != before.dumpable || !childless) {
		snprintf(fault, sizeof(fault),
			 "left behind: descriptors %d -> %d, mask %llx -> %llx, dumpable %d -> %d, "
			 "waitpid %d",
			 before.descriptor_count, now.descriptor_count,
			 (unsigned long long)before.mask, (unsigned long long)now.mask,
			 before.dumpable, now.dumpable, (int)left);
	}
	return fault;
}

/* One test: the spawn fails as told, in every member of the record, and leaves nothing behind. */
static inline bool refused(const struct clone3_plan *plan, int error, uint64_t step, uint32_t index,
			   const char *what)
{
	const char *fault = fault_of_refusal(plan, error, step, index);
	const char *name = clone3_step_name(step);

	if (ok(!fault[0], "%s: %s of %s", what, strerror(error), name ? name : "?"))
		return true;
	printf("# %s\n", fault);
	return false;
}

/*
 * What is wrong with a spawn that must succeed and whose program must end with exit status @status.
 * As above; the record is stored in *@child if that is not NULL.
 */
static inline const char *fault_of_run(const struct clone3_plan *plan, int status,
				       struct clone3_child *record)
{
	static char fault[512];
	struct state before, now;
	struct clone3_child child;
	struct clone3_exit end = { 0 };

	state_take(&before);
	if (report)
		report_clear();

	int result = spawn_plan(plan, &child);
	int errno_now = errno;
	const char *name = clone3_step_name(child.failed_step);

	if (record)
		*record = child;
	if (result != 0) {
		snprintf(fault, sizeof(fault), "result %d, error %d, step %s, index %u", result,
			 child.error, name ? name : "?", child.failed_index);
		return fault;
	}

	int waited = clone3_pidfd_wait(child.pidfd, 0, &end);
	int known = proc_fdinfo_pid(child.pidfd);
	int flags = fcntl(child.pidfd, F_GETFD);

	close(child.pidfd);
	state_take(&now);
	fault[0] = 0;
	if (errno_now != ERRNO_BEFORE)
		snprintf(fault, sizeof(fault), "errno was set to %d", errno_now);
	else if (child.pid <= 0 || child.error || child.failed_step || child.failed_index ||
		 child.size != sizeof(child))
		snprintf(fault, sizeof(fault), "pid %d, error %d, step %s, index %u", child.pid,
			 child.error, name ? name : "none", child.failed_index);
	else if (waited != 1 || end.pid != child.pid || known != -1 || flags != FD_CLOEXEC)
		snprintf(fault, sizeof(fault), "wait %d, pid %d of %d, pidfd's pid %d, flags %d",
			 waited, end.pid, child.pid, known, flags);
	else if (end.code != CLD_EXITED || end.status != status)
		snprintf(fault, sizeof(fault), "code %d, status %d, want exit status %d", end.code,
			 end.status, status);
	else if (now.descriptors != before.descriptors || now.mask != before.mask ||
		 now.dumpable != before.dumpable || !has_no_child())
		snprintf(fault, sizeof(fault),
			 "left behind: descriptors %d -> %d, mask %llx -> %llx, dumpable %d -> %d",
			 before.descriptor_count, now.descriptor_count,
			 (unsigned long long)before.mask, (unsigned long long)now.mask,
			 before.dumpable, now.dumpable);
	return fault;
}

/* One test: it is started, ends with exit status @status and leaves nothing. Returns the record. */
static inline struct clone3_child runs(const struct clone3_plan *plan, int status, const char *what)
{
	struct clone3_child child;
	const char *fault = fault_of_run(plan, status, &child);

	if (!ok(!fault[0], "%s", what))
		printf("# %s\n", fault);
	return child;
}

/*
 * One test per call of @fn, which runs in a process of its own and returns "" or what is wrong: for
 * what changes the process for good, such as its user.
 */
struct apart_call {
	const char *(*fn)(const void *);
	const void *argument;
	char *fault;
};

static inline int apart_fault(void *pointer)
{
	const struct apart_call *call = pointer;
	const char *fault = call->fn(call->argument);

	snprintf(call->fault, 512, "%.511s", fault);
	return fault[0] != 0;
}

static inline bool holds_apart(const char *(*fn)(const void *), const void *argument,
			       const char *what)
{
	struct apart_call call = { fn, argument, shared_memory(512) };
	int code = apart(apart_fault, &call);
	bool passed = ok(code == 0, "%s", what);

	if (!passed)
		printf("# code %d: %s\n", code, call.fault);
	munmap(call.fault, 512);
	return passed;
}

/* In such a process: an ordinary user's, with nothing left of root's. */
static inline bool be_nobody(void)
{
	return become_nobody() && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

#endif
