/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SECCOMP with filters that answer what they like: a program is started, or the spawn has failed. */
#include "core_dump.h"
#include "filter.h"
#include "spawn.h"

#define MOST_CALLS 4

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* Each of the calls, up to a negative one, answers @answer; all others are allowed. */
struct lie {
	const char *what;
	uint32_t answer;
	int error; /* of the exec */
	int by_fd;
	const char *path;
	long calls[MOST_CALLS];
};

#define ERRNO(number) (FILTER_ERRNO | (uint32_t)(number))
#define KILL_PROCESS 0x80000000U
#define KILL_THREAD 0U
#define TRAP 0x00030000U

static const struct lie lies[] = {
	{ "execve claims success", ERRNO(0), EPERM, 0, NULL, { SYS_execve, -1 } },
	{ "execveat claims success", ERRNO(0), EPERM, 1, NULL, { SYS_execveat, -1 } },
	{ "execve is refused", ERRNO(ENOTTY), ENOTTY, 0, NULL, { SYS_execve, -1 } },
	{ "execveat is refused", ERRNO(ENOTTY), ENOTTY, 1, NULL, { SYS_execveat, -1 } },
	{ "execve gives the greatest errno", ERRNO(4095), 4095, 0, NULL, { SYS_execve, -1 } },
	{ "exit_group does nothing", ERRNO(0), ENOENT, 0, "/no/such", { SYS_exit_group, -1 } },
	{ "exit_group is refused", ERRNO(1), ENOENT, 0, "/no/such", { SYS_exit_group, -1 } },
	{ "no way to exit", ERRNO(0), ENOENT, 0, "/no/such", { SYS_exit_group, SYS_exit, -1 } },
	{ "no way to exec or exit",
	  ERRNO(0),
	  EPERM,
	  0,
	  NULL,
	  { SYS_execve, SYS_exit_group, SYS_exit, -1 } },
	{ "exit_group kills", KILL_PROCESS, ENOENT, 0, "/no/such", { SYS_exit_group, -1 } },
	{ "exit_group traps", TRAP, ENOENT, 0, "/no/such", { SYS_exit_group, SYS_exit, -1 } },
	{ "execve kills", KILL_PROCESS, ECANCELED, 0, NULL, { SYS_execve, -1 } },
	{ "execve kills the thread", KILL_THREAD, ECANCELED, 0, NULL, { SYS_execve, -1 } },
	{ "execve traps", TRAP, ECANCELED, 0, NULL, { SYS_execve, -1 } },
};
#define LIES (sizeof(lies) / sizeof(lies[0]))

static size_t make_filter(const struct lie *lie, struct clone3_filter *filter)
{
	size_t length = 0;

	filter[length++] = (struct clone3_filter){ FILTER_LOAD, 0, 0, FILTER_NUMBER };
	for (size_t i = 0; i < MOST_CALLS && lie->calls[i] > 0; i++) {
		filter[length++] = (struct clone3_filter){ FILTER_IF_EQUAL, 0, 1,
							   (uint32_t)lie->calls[i] };
		filter[length++] = (struct clone3_filter){ FILTER_ANSWER, 0, 0, lie->answer };
	}
	filter[length++] = (struct clone3_filter){ FILTER_ANSWER, 0, 0, FILTER_ALLOW };
	return length;
}

/* It ends by a signal of that kind; where there is no way to exit, by the instruction after. */
static bool dumps_core(const struct lie *lie)
{
	bool cannot_exit = false;

	for (size_t i = 0; i < MOST_CALLS && lie->calls[i] > 0; i++)
		cannot_exit |= lie->calls[i] == SYS_exit;
	return cannot_exit || (lie->answer & 0xffff0000) != FILTER_ERRNO;
}

int main(int argc, char **argv)
{
	struct rlimit no_core = { 0, 0 };
	bool ends_caller;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	setrlimit(RLIMIT_CORE, &no_core);
	ends_caller = core_dump_ends_sharers();
	for (size_t i = 0; i < LIES; i++) {
		struct clone3_plan plan = lies[i].by_fd ? plan_by_fd_for("lies") : plan_for("lies");
		struct clone3_filter filter[2 * MOST_CALLS + 2];
		bool known = lies[i].error != 4095;

		if (ends_caller && dumps_core(&lies[i])) {
			skip("step_filter_lies/core",
			     "a core dump ends the caller, before Linux 5.16");
			continue;
		}
		plan.steps |= CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_SECCOMP;
		plan.seccomp = filter;
		plan.seccomp_count = make_filter(&lies[i], filter);
		if (lies[i].path)
			plan.path = lies[i].path;
		if (known)
			refused(&plan, lies[i].error, CLONE3_STEP_EXEC, 0, lies[i].what);
		else
			ok(!*fault_of_refusal(&plan, lies[i].error, CLONE3_STEP_EXEC, 0), "%s",
			   lies[i].what);
	}
	return done();
}
