/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The guard ends when the child is known to have left the memory: by setpgid, or by /proc where
 * that tells nothing. If neither can be asked the memory stays closed.
 */
#include "old_kernel.h"
#include "spawn.h"

#include <poll.h>
#include <sched.h>
#include <sys/personality.h>

/* Lives until the caller has decided: one that ends has left the memory for certain. */
static int program(const char *what)
{
	(void)what;
	for (int i = 0; i < 5000 && !__atomic_load_n(&report->value[0], __ATOMIC_RELAXED); i++)
		poll(NULL, 0, 1);
	return 7;
}

static const struct sandbox {
	const char *name;
	uint64_t step;
	int setpgid_error; /* 0: the kernel answers */
	bool has_proc;
	int dumpable; /* afterwards */
	unsigned long personality;
} sandboxes[] = {
	{ "setpgid tells", 0, 0, false, 1, 0 },
	{ "setpgid is filtered", 0, EPERM, true, 1, 0 },
	{ "setpgid is filtered, no /proc", 0, EPERM, false, 0, 0 },
	{ "setpgid answers as after exec, no /proc", 0, EACCES, false, 0, 0 },
	{ "setpgid answers as of no child, no /proc", 0, ESRCH, false, 0, 0 },
	{ "another session", CLONE3_STEP_SESSION, 0, true, 1, 0 },
	/* Such a program has no flags in /proc/PID/stat: they are 0. */
	{ "another session, fixed addresses", CLONE3_STEP_SESSION, 0, true, 1, ADDR_NO_RANDOMIZE },
	{ "another session, no /proc", CLONE3_STEP_SESSION, 0, false, 0, 0 },
};

/* Twice: what one guard has left closed is not opened by the next. */
static const char *in_sandbox(const void *argument)
{
	static char fault[96];
	const struct sandbox *sandbox = argument;
	struct clone3_plan plan = plan_for("guarded");

	plan.steps = CLONE3_STEP_UID | sandbox->step;
	plan.uid = geteuid();
	personality(sandbox->personality);
	if (sandbox->setpgid_error && !refuse(SYS_setpgid, sandbox->setpgid_error))
		return "no filter can be installed";
	if (!sandbox->has_proc && !refuse_if(SYS_openat, 2, ~0U, O_RDONLY | O_CLOEXEC, EACCES))
		return "no filter can be installed";
	for (int i = 0; i < 2; i++) {
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };

		report_clear();
		if (clone3_spawn(&plan, &child) != 0)
			return "the program was not started";
		__atomic_store_n(&report->value[0], 1, __ATOMIC_RELAXED);
		if (clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.status != 7)
			return "the program did not run";
		close(child.pidfd);
		if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != sandbox->dumpable) {
			snprintf(fault, sizeof(fault), "spawn %d: the flag is %d", i,
				 (int)prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
			return fault;
		}
	}
	return "";
}

static int ends_in_sandbox(void *sandbox)
{
	return *in_sandbox(sandbox) != 0;
}

/* The caller is another namespace's than /proc, where the child has another number. */
static const char *with_foreign_proc(const void *unused)
{
	struct sandbox sandbox = { "", CLONE3_STEP_SESSION, 0, true, 1, 0 };

	(void)unused;
	if (unshare(CLONE_NEWPID) != 0)
		return "no pid namespace";
	return apart(ends_in_sandbox, &sandbox) == 0 ? "" : "the flag is not 1";
}

/* The next number in this pid namespace is one that no process has outside. */
static int ends_with_a_number_of_its_own(struct sandbox *sandbox)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "we");
	bool written = file && fprintf(file, "31500") > 0;

	written = file && fclose(file) == 0 && written;
	return written ? ends_in_sandbox(sandbox) : 2;
}

/* The same, where /proc has the caller's number, and so seems to be its own namespace's. */
static const char *with_deceiving_proc(const void *unused)
{
	struct sandbox sandbox = { "", CLONE3_STEP_SESSION, 0, true, 1, 0 };
	const int32_t tids[] = { 31111, 31111 };
	struct clone3_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)tids,
		.set_tid_size = 2,
	};
	const char *fault = "the flag is not 1";
	pid_t init, pid;

	(void)unused;
	if (unshare(CLONE_NEWPID) != 0)
		return "no pid namespace";
	init = fork();
	if (init == 0)
		for (;;)
			pause();
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(ends_with_a_number_of_its_own(&sandbox));
	if (pid < 0)
		fault = "no process with that number";
	else if (reap_code(pid) == 0)
		fault = "";
	kill_one(init, SIGKILL);
	reap(init);
	return fault;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	if (!is_static()) {
		skip("spawn_guard_left", "needs a static program");
		return done();
	}
	report_open();
	for (size_t i = 0; i < sizeof(sandboxes) / sizeof(sandboxes[0]); i++)
		holds_apart(in_sandbox, &sandboxes[i], sandboxes[i].name);
	if (has_capability(TEST_CAP_SYS_ADMIN))
		holds_apart(with_foreign_proc, NULL, "another session, another namespace's /proc");
	if (has_capability(TEST_CAP_SYS_ADMIN))
		holds_apart(with_deceiving_proc, NULL, "and with the same number in both");
	else
		skip("spawn_guard_left/proc", "needs CAP_SYS_ADMIN");
	return done();
}
