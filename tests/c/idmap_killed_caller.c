/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A caller that is killed while its child's maps are written: no orphan waits for a helper that has
 * gone with it, and none runs the program without its maps.
 */
#include "idmap.h"

static const struct gate_call calls[] = {
	{ SYS_openat, GATE_ANY }, { SYS_read, GATE_ANY },  { SYS_write, GATE_ANY },
	{ SYS_close, GATE_ANY },  { SYS_futex, GATE_ANY }, { SYS_prctl, 1 /* PR_SET_PDEATHSIG */ },
	{ SYS_chdir, GATE_ANY },
};

static int program(const char *what)
{
	(void)what;
	report->value[strcmp(idmap_of(0, "uid_map"), IDMAP_UIDS) == 0 &&
		      strcmp(idmap_of(0, "gid_map"), IDMAP_GIDS) == 0]++;
	return 0;
}

int main(int argc, char **argv)
{
	static const int signals[] = { SIGKILL, SIGABRT };
	static const uint64_t kinds[] = { CLONE3_NEWUSER, CLONE3_NEWUSER | CLONE3_NEWPID };
	struct clone3_plan plan;
	struct core_dump dump;
	struct state before;
	struct gate gate = { 0 };

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!idmap_can_be_tested("idmap_killed_caller"))
		return done();
	plan = plan_with_maps("unused");
	if (!core_dump_prepare(&dump) || !gate_start(&gate, &plan, calls, 1)) {
		skip("idmap_killed_caller", "no directory, or seccomp cannot ask");
		return done();
	}
	gate_finish(&gate);
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
	plan.path = NULL;
	plan.steps |= CLONE3_STEP_CWD | CLONE3_STEP_EXEC_FD;
	plan.exec_fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);
	plan.cwd = "/";
	state_take(&before);
	report_clear();
	for (int i = 0; i < 2; i++)
		for (int kind = 0; kind < 2; kind++) {
			struct doom doom = { &plan,       calls, sizeof(calls) / sizeof(calls[0]),
					     ROLE_HELPER, 0,     signals[i],
					     &dump };

			plan.namespaces = kinds[kind];
			ok(callers_killed(doom, "the helper") >= 9, "at each of the helper's");
			doom.role = ROLE_CHILD;
			ok(callers_killed(doom, "the child") >= 3, "at each of the child's");
		}
	is(report->value[0], 0, "no program runs without its maps");
	ok(report->value[1] > 0, "some run with them");
	core_dump_remove(&dump);
	nothing_left(&before, "killed callers");
	return done();
}
