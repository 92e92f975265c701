/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A filter's supervisor answers a call with a number: its step has failed, and no program runs. */
#include "spawn_gate.h"

static const struct supervised {
	const char *name;
	struct gate_call call;
	uint64_t failed;
	uint64_t steps;
} supervised[] = {
	{ "setpgid",
	  { SYS_setpgid, GATE_ANY },
	  CLONE3_STEP_PROCESS_GROUP,
	  CLONE3_STEP_PROCESS_GROUP },
	{ "chdir", { SYS_chdir, GATE_ANY }, CLONE3_STEP_CWD, CLONE3_STEP_CWD },
	{ "setpriority", { SYS_setpriority, GATE_ANY }, CLONE3_STEP_NICE, CLONE3_STEP_NICE },
	{ "prctl",
	  { SYS_prctl, PR_SET_NO_NEW_PRIVS },
	  CLONE3_STEP_NO_NEW_PRIVS,
	  CLONE3_STEP_NO_NEW_PRIVS },
	{ "execve", { SYS_execve, GATE_ANY }, CLONE3_STEP_EXEC, 0 },
	{ "the caller's rt_sigprocmask",
	  { SYS_rt_sigprocmask, SIG_SETMASK },
	  CLONE3_STEP_CLONE,
	  CLONE3_STEP_CWD },
};

static int program(const char *what)
{
	(void)what;
	return 0;
}

static bool is_answered(const struct supervised *of)
{
	struct clone3_plan plan = plan_for("supervised");
	struct gate gate = { 0 };
	struct gate_request request;

	plan.steps = of->steps;
	plan.cwd = of->steps & CLONE3_STEP_CWD ? "/" : NULL;
	plan.nice = of->steps & CLONE3_STEP_NICE ? 19 : 0;
	if (!gate_start(&gate, &plan, &of->call, 1))
		return false;
	while (!__atomic_load_n(&gate.ended, __ATOMIC_SEQ_CST))
		if (gate_receive(&gate, &request, 10)) {
			struct gate_answer answer = { .id = request.id, .value = 7 };

			syscall(SYS_ioctl, gate.listener, GATE_SEND, &answer);
		}
	ok(gate_finish(&gate), "%s: the spawn ends", of->name);
	gate_failed(&gate, EPERM, of->failed, 0, of->name);
	return true;
}

int main(int argc, char **argv)
{
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	report_open();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	state_take(&before);
	for (size_t i = 0; i < sizeof(supervised) / sizeof(supervised[0]); i++)
		if (!is_answered(&supervised[i])) {
			skip("spawn_supervised", "no filter that asks");
			break;
		}
	nothing_left(&before, "all of them");
	return done();
}
