/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The first process of a pid namespace can spawn, and its children are its own. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	report->value[0] = getpid();
	report->value[1] = getppid();
	return 0;
}

static const char *init_spawns(void)
{
	struct clone3_plan plan = plan_for("pids");
	struct clone3_child child;
	const char *fault;

	if (getpid() != 1)
		return "it is not the first";
	fault = fault_of_run(&plan, 0, &child);
	if (fault[0])
		return fault;
	if (report->value[0] != child.pid || report->value[1] != 1)
		return "the pids are not the namespace's";
	plan.steps = CLONE3_STEP_PARENT_DEATH_SIGNAL | CLONE3_STEP_GROUPS;
	plan.parent_death_signal = SIGKILL;
	fault = fault_of_run(&plan, 0, NULL);
	if (fault[0])
		return fault;
	plan = plan_for("pids");
	plan.path = "/nonexistent";
	return fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
}

int main(int argc, char **argv)
{
	struct clone3_args args = args_with(CLONE3_NEWPID);
	char *fault = shared_memory(512);
	struct state before;
	int pid;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	state_take(&before);
	fflush(stdout);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		snprintf(fault, 512, "%.511s", init_spawns());
		child_exit(fault[0] != 0);
	}
	if (pid < 0) {
		skip("spawn_as_init", "no right to make a pid namespace");
		return done();
	}
	if (!ok(reap_code(pid) == 0, "the first process of a namespace spawns"))
		printf("# %s\n", fault);
	nothing_left(&before, "another namespace");
	return done();
}
