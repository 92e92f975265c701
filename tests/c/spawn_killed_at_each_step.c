/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child that is killed on its way to exec: -ECANCELED with the step it was in, nothing left. */
#include "spawn_gate.h"

static volatile sig_atomic_t told;

static void on_child(int signo)
{
	(void)signo;
	told++;
}

/* The mask is restored in any case, and belongs to exec where the plan does not ask for it. */
static const struct stage {
	const char *name;
	struct gate_call call;
	int skipped; /* calls of that kind to let through first */
	uint64_t step;
	uint32_t index;
} stages[] = {
	{ "session", { SYS_setsid, GATE_ANY }, 0, CLONE3_STEP_SESSION, 0 },
	{ "ignored signals", { SYS_rt_sigaction, 31 }, 0, CLONE3_STEP_IGNORE_SIGNALS, 0 },
	{ "root", { SYS_chroot, GATE_ANY }, 0, CLONE3_STEP_ROOT, 0 },
	{ "umask", { SYS_umask, GATE_ANY }, 0, CLONE3_STEP_UMASK, 0 },
	{ "the second limit", { SYS_prlimit64, GATE_ANY }, 1, CLONE3_STEP_RLIMITS, 1 },
	{ "the second descriptor", { SYS_dup3, GATE_ANY }, 1, CLONE3_STEP_FDS, 0 },
	{ "close others", { SYS_close_range, GATE_ANY }, 0, CLONE3_STEP_CLOSE_OTHERS, 0 },
	{ "groups", { SYS_setgroups, GATE_ANY }, 0, CLONE3_STEP_GROUPS, 0 },
	{ "gid", { SYS_setresgid, GATE_ANY }, 0, CLONE3_STEP_GID, 0 },
	{ "uid", { SYS_setresuid, GATE_ANY }, 0, CLONE3_STEP_UID, 0 },
	{ "directory", { SYS_fchdir, GATE_ANY }, 0, CLONE3_STEP_CWD_FD, 0 },
	{ "no new privileges", { SYS_prctl, 38 }, 0, CLONE3_STEP_NO_NEW_PRIVS, 0 },
	{ "signal mask", { SYS_rt_sigprocmask, GATE_ANY }, 0, CLONE3_STEP_SIGNAL_MASK, 0 },
	{ "exec", { SYS_execve, GATE_ANY }, 0, CLONE3_STEP_EXEC, 0 },
};

static const struct clone3_rlimit limits[] = {
	{ .resource = RLIMIT_CORE },
	{ .resource = RLIMIT_MEMLOCK },
};

static struct clone3_plan full_plan(int directory)
{
	static struct clone3_fd map[] = { { 0, 901 }, { 1, 900 } };
	struct clone3_plan plan = plan_for("unused");

	plan.steps = CLONE3_STEP_SESSION | CLONE3_STEP_IGNORE_SIGNALS | CLONE3_STEP_ROOT |
		     CLONE3_STEP_UMASK | CLONE3_STEP_RLIMITS | CLONE3_STEP_FDS |
		     CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_GROUPS | CLONE3_STEP_GID |
		     CLONE3_STEP_UID | CLONE3_STEP_CWD_FD | CLONE3_STEP_NO_NEW_PRIVS |
		     CLONE3_STEP_SIGNAL_MASK;
	plan.ignore_signals = 1ULL << 30;
	plan.root = "/";
	plan.rlimits = limits;
	plan.rlimit_count = 2;
	plan.fds = map;
	plan.fd_count = 2;
	plan.gid = plan.uid = 65534;
	plan.cwd_fd = directory;
	return plan;
}

static void killed_at(const struct stage *stage, const struct clone3_plan *plan)
{
	struct gate gate = { 0 };
	struct gate_request request;
	struct state before;
	int skipped = 0;

	state_take(&before);
	told = 0;
	gate_start(&gate, plan, &stage->call, 1);
	while (gate_next(&gate, &request) && skipped++ < stage->skipped)
		gate_open(&gate, &request);
	if (ok(request.number == stage->call.number && !gate.ended, "%s: the child is held in it",
	       stage->name))
		kill_one((pid_t)request.pid, SIGKILL);
	ok(gate_finish(&gate), "%s: the caller returns", stage->name);
	/* Which of the map's moves was last is the planner's business. */
	if (stage->step == CLONE3_STEP_FDS)
		gate.child.failed_index = 0;
	gate_failed(&gate, ECANCELED, stage->step, stage->index, stage->name);
	is(told, 0, "without SIGCHLD");
	nothing_left(&before, stage->name);
}

/* Without the step in the plan the mask, which is set after any other step, is exec's. */
static void killed_elsewhere(void)
{
	struct stage mask = {
		"the caller's mask", { SYS_rt_sigprocmask, GATE_ANY }, 0, CLONE3_STEP_EXEC, 0
	};
	struct stage search = {
		"the third directory of a search", { SYS_execve, GATE_ANY }, 2, CLONE3_STEP_EXEC, 0
	};
	struct clone3_plan plan = plan_for("unused");

	plan.steps = CLONE3_STEP_NO_NEW_PRIVS;
	killed_at(&mask, &plan);
	plan.steps = 0;
	plan.path = "nonexistent-program";
	plan.search_path = "/nonexistent:/proc:/tmp:/";
	killed_at(&search, &plan);
}

int main(int argc, char **argv)
{
	struct gate gate = { 0 };
	struct clone3_plan plan;
	int directory;

	(void)argv;
	if (argc > 1)
		return 0;
	directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	plan = full_plan(directory);
	if (geteuid() != 0) {
		skip("spawn_killed_at_each_step", "needs root");
		return done();
	}
	signal(SIGCHLD, on_child);
	if (!gate_start(&gate, &plan, &stages[0].call, 1)) {
		skip("spawn_killed_at_each_step", "seccomp cannot ask");
		return done();
	}
	gate_finish(&gate);
	is(gate.result, 0, "the plan itself works");
	is(reap_code(gate.child.pid), 0, "and its program runs");
	close(gate.child.pidfd);

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		killed_at(&stages[i], &plan);
	killed_elsewhere();
	return done();
}
