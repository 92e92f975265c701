/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NO_NEW_PRIVS, LANDLOCK, SECCOMP, PERSONALITY, SUBREAPER, KEYRING, PARENT_DEATH_SIGNAL, PTRACE_ME. */
#include "spawn.h"

#include <sys/personality.h>

#define LOAD 0x20
#define IF_EQUAL 0x15
#define ANSWER 0x06
#define ALLOW 0x7fff0000U
#define ERRNO(number) (0x00050000U | (uint32_t)(number))

static int program(const char *what)
{
	int signo = -1;

	(void)what;
	report->value[0] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	report->value[1] = syscall(SYS_getppid) < 0 ? errno : 0;
	report->value[2] = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 ? errno : 0;
	report->value[3] = personality(0xffffffff);
	prctl(PR_GET_CHILD_SUBREAPER, &signo);
	report->value[4] = signo;
	prctl(PR_GET_PDEATHSIG, &signo);
	report->value[5] = signo;
	report->value[6] = syscall(SYS_keyctl, 0, -3, 0);
	return 0;
}

static struct clone3_filter *filter_answering(long number, uint32_t answer)
{
	static struct clone3_filter filter[4];

	filter[0] = (struct clone3_filter){ LOAD, 0, 0, 0 };
	filter[1] = (struct clone3_filter){ IF_EQUAL, 0, 1, (uint32_t)number };
	filter[2] = (struct clone3_filter){ ANSWER, 0, 0, answer };
	filter[3] = (struct clone3_filter){ ANSWER, 0, 0, ALLOW };
	return filter;
}

/* A ruleset that lets everything be executed, and nothing be listed. */
static int landlock_ruleset(void)
{
	struct {
		uint64_t handled;
	} ruleset = { 1 << 3 /* READ_DIR */ };

	return (int)syscall(444 /* landlock_create_ruleset */, &ruleset, sizeof(ruleset), 0);
}

static const char *as_nobody(const void *argument)
{
	struct clone3_plan plan = plan_for("sandbox");
	int ruleset = *(const int *)argument;
	const char *why = "";

	if (!be_nobody())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_SECCOMP;
	plan.seccomp = filter_answering(SYS_getppid, ERRNO(33));
	plan.seccomp_count = 4;
	why = fault_of_refusal(&plan, EACCES, CLONE3_STEP_SECCOMP, 0);
	plan.steps |= CLONE3_STEP_NO_NEW_PRIVS;
	if (!*why)
		why = fault_of_run(&plan, 0, NULL);
	if (!*why && report->value[1] != 33)
		why = "the filter is not there";
	plan.seccomp = NULL;
	plan.seccomp_count = 0;
	plan.steps = CLONE3_STEP_LANDLOCK;
	plan.landlock_fd = ruleset;
	if (!*why && ruleset >= 0)
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_LANDLOCK, 0);
	return why;
}

/* Spawns a program that waits, by a thread or process that ends then: whether the program is killed. */
static int dies_with_its_parent(void *pidfd_place)
{
	static const char *const argv[] = { "sleep", "100", NULL };
	struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_PARENT_DEATH_SIGNAL,
		.path = "/bin/sleep",
		.argv = argv,
		.parent_death_signal = SIGKILL,
	};
	struct clone3_child child = { .size = sizeof(child) };
	int result = clone3_spawn(&plan, &child);

	*(int *)pidfd_place = child.pid;
	return result != 0;
}

static void death_signal(void)
{
	int *pid = shared_memory(4096);
	int pidfd;

	is(prctl(PR_SET_CHILD_SUBREAPER, 1), 0, "orphans come here");
	is(apart(dies_with_its_parent, pid), 0, "a process starts a program and ends");
	pidfd = clone3_pidfd_open(*pid, 0);
	is(clone3_pidfd_wait_timeout(pidfd, 0, 5000000000, NULL), 1, "the program ends, too");
	close(pidfd);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	munmap(pid, 4096);
}

static void traced(struct clone3_plan *plan)
{
	struct clone3_child child = { .size = sizeof(child) };
	struct clone3_exit change = { 0 };

	plan->steps = CLONE3_STEP_PTRACE_ME;
	is(clone3_spawn(plan, &child), 0, "PTRACE_ME");
	is(clone3_pidfd_wait(child.pidfd, CLONE3_WAIT_STOPPED, &change), 1, "it stops");
	ok(change.code == CLD_TRAPPED && change.status == SIGTRAP, "at exec: code %d, status %d",
	   change.code, change.status);
	kill_one(child.pid, SIGKILL);
	is(clone3_pidfd_wait(child.pidfd, 0, &change), 1, "and ends");
	close(child.pidfd);
	plan->path = "/no/such/program";
	refused(plan, ENOENT, CLONE3_STEP_EXEC, 0, "PTRACE_ME of no program");
}

/* What needs rights or NO_NEW_PRIVS is done when the rights are gone. */
static void after_the_rights(int ruleset)
{
	struct clone3_plan plan = plan_for("sandbox");

	plan.steps = CLONE3_STEP_SECCOMP;
	plan.seccomp = filter_answering(SYS_getppid, ERRNO(33));
	plan.seccomp_count = 4;
	runs(&plan, 0, "SECCOMP by root without NO_NEW_PRIVS");
	ok(report->value[0] == 0 && report->value[1] == 33, "the filter is there");
	plan.steps |= CLONE3_STEP_UID;
	plan.uid = 65534;
	refused(&plan, EACCES, CLONE3_STEP_SECCOMP, 0, "SECCOMP of another user");
	plan.steps |= CLONE3_STEP_NO_NEW_PRIVS;
	runs(&plan, 0, "the same with NO_NEW_PRIVS");
	plan.seccomp = NULL;
	plan.seccomp_count = 0;
	plan.steps = CLONE3_STEP_LANDLOCK;
	plan.landlock_fd = ruleset;
	plan.uid = 0;
	if (ruleset < 0)
		return;
	runs(&plan, 0, "LANDLOCK by root without NO_NEW_PRIVS");
	is(report->value[2], EACCES, "the program is confined");
	plan.steps |= CLONE3_STEP_UID;
	plan.uid = 65534;
	refused(&plan, EPERM, CLONE3_STEP_LANDLOCK, 0, "LANDLOCK of another user");
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	int ruleset;
	int64_t keyring;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	ruleset = landlock_ruleset();
	keyring = syscall(SYS_keyctl, 0, -3, 0);
	plan = plan_for("sandbox");
	runs(&plan, 0, "without a step");
	ok(report->value[0] == 0 && report->value[1] == 0 && report->value[2] == 0 &&
		   report->value[4] == 0 && report->value[5] == 0,
	   "nothing is set");
	plan.steps = CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_PERSONALITY | CLONE3_STEP_SUBREAPER |
		     CLONE3_STEP_PARENT_DEATH_SIGNAL;
	plan.personality = ADDR_NO_RANDOMIZE;
	plan.parent_death_signal = SIGUSR1;
	runs(&plan, 0, "four at once");
	is(report->value[0], 1, "no_new_privs");
	is(report->value[3], ADDR_NO_RANDOMIZE, "the personality");
	is(report->value[4], 1, "a subreaper");
	is(report->value[5], SIGUSR1, "the death signal");
	ok(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 &&
		   personality(0xffffffff) != ADDR_NO_RANDOMIZE,
	   "the caller has none of them");
	death_signal();

	plan.steps = CLONE3_STEP_PERSONALITY;
	plan.parent_death_signal = 0;
	plan.personality = UINT32_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_PERSONALITY, 0, "one that only asks");
	plan.personality = 0;
	plan.steps = CLONE3_STEP_PARENT_DEATH_SIGNAL;
	refused(&plan, EINVAL, CLONE3_STEP_PARENT_DEATH_SIGNAL, 0, "signal 0");
	plan.parent_death_signal = 65;
	refused(&plan, EINVAL, CLONE3_STEP_PARENT_DEATH_SIGNAL, 0, "signal 65");
	plan.parent_death_signal = 0;

	plan.steps = CLONE3_STEP_KEYRING;
	if (keyring < 0 && errno == ENOSYS) {
		skip("step_sandbox/keyring", "a kernel without keys");
	} else {
		runs(&plan, 0, "KEYRING");
		ok(report->value[6] > 0 && report->value[6] != keyring, "a session keyring");
		is(syscall(SYS_keyctl, 0, -3, 0), keyring, "the caller keeps its own");
	}

	plan.steps = CLONE3_STEP_SECCOMP | CLONE3_STEP_NO_NEW_PRIVS;
	plan.seccomp = filter_answering(SYS_getppid, ERRNO(33));
	plan.seccomp_count = 4;
	runs(&plan, 0, "SECCOMP");
	is(report->value[1], 33, "the filter answers in the program");
	ok(getppid() > 0, "not in the caller");
	plan.seccomp_count = 3;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "a program without an end");
	plan.seccomp_count = 0;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "none");
	plan.seccomp_count = 4097;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "too long");
	plan.seccomp_count = 4;
	plan.seccomp = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_SECCOMP, 0, "NULL");

	/* Filters that lie: the child must not go on as if it had been started, nor stay. */
	plan.path = "/proc/self/exe";
	plan.seccomp = filter_answering(SYS_execve, ERRNO(0));
	refused(&plan, EPERM, CLONE3_STEP_EXEC, 0, "an execve that claims success");
	plan.seccomp = filter_answering(SYS_execve, ERRNO(ENOTTY));
	refused(&plan, ENOTTY, CLONE3_STEP_EXEC, 0, "an execve that is refused");
	plan.seccomp = filter_answering(SYS_exit_group, ERRNO(0));
	plan.path = "/no/such/program";
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "an exit_group that does nothing");

	plan = plan_for("sandbox");
	plan.steps = CLONE3_STEP_LANDLOCK | CLONE3_STEP_NO_NEW_PRIVS;
	plan.landlock_fd = ruleset;
	if (ruleset < 0) {
		skip("step_sandbox/landlock", "a kernel without landlock");
	} else {
		runs(&plan, 0, "LANDLOCK");
		is(report->value[2], EACCES, "the program is confined");
	}
	plan.landlock_fd = 0;
	refused(&plan, ruleset < 0 ? ENOSYS : EBADFD, CLONE3_STEP_LANDLOCK, 0, "no ruleset");
	plan.landlock_fd = -1;
	refused(&plan, EBADF, CLONE3_STEP_LANDLOCK, 0, "no descriptor");
	if (has_capability(7 /* CAP_SETUID */) && has_capability(TEST_CAP_SYS_ADMIN))
		after_the_rights(ruleset);
	else
		skip("step_sandbox/rights", "needs CAP_SETUID and CAP_SYS_ADMIN");
	if (has_capability(7 /* CAP_SETUID */))
		holds_apart(as_nobody, &ruleset, "what an ordinary user may and may not");
	else
		skip("step_sandbox/nobody", "needs CAP_SETUID");
	plan = plan_for("sandbox");
	traced(&plan);
	return done();
}
