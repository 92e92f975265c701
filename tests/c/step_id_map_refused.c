/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Systems that let anybody make a user namespace and then refuse its maps, as AppArmor does: the
 * errno comes back as that of the map, whoever writes it, and the cause is told.
 */
#include "old_kernel.h"
#include "spawn_namespace.h"

static int program(const char *what)
{
	(void)what;
	report->value[0] = getuid();
	namespaces_here(&report->value[50]);
	return 0;
}

#define REFUSED_OPEN 1
struct refusal {
	bool ordinary;
	int error;
	int kind;
};

/* All three steps: the first that is taken tells; then the others, each as the first. */
static const char *refused_maps(const void *pointer)
{
	static const uint64_t order[] = { CLONE3_STEP_DENY_SETGROUPS, CLONE3_STEP_UID_MAP,
					  CLONE3_STEP_GID_MAP };
	const struct refusal *refusal = pointer;
	int64_t here[NAMESPACE_KINDS];
	struct clone3_plan plan = plan_for("maps");
	struct clone3_child child;
	uint64_t maps = 0;
	const char *fault = "";

	if (refusal->ordinary && !be_ordinary())
		return "cannot become another user";
	if (refusal->kind == REFUSED_OPEN ?
		    !refuse_if(SYS_openat, 2, O_ACCMODE, O_WRONLY, refusal->error) :
		    !refuse(SYS_write, refusal->error))
		return "no filter";
	namespaces_here(here);
	map_own_ids(&plan, 0);
	for (int i = 0; i < 3 && !*fault; i++) {
		fault = fault_of_refusal(&plan, refusal->error, order[i], 0);
		plan.optional |= order[i];
		maps |= order[i];
	}
	if (*fault)
		return fault;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != maps)
		return "they are not all left out";
	if (namespaces_differing(here, &report->value[50]) != CLONE3_NEWUSER)
		return "it has no namespace of its own";
	return report->value[0] == 65534 ? "" : "it has its ids";
}

/* By rights: /proc is root's for who is not dumpable, as after a change of ids. */
static const char *not_dumpable(const void *unused)
{
	struct clone3_plan plan = plan_for("maps");
	struct clone3_child child;
	const char *fault;
	int result;

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	map_own_ids(&plan, 0);
	plan.steps &= ~CLONE3_STEP_DENY_SETGROUPS;
	plan.optional = CLONE3_STEP_GID_MAP;
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	result = spawn_plan(&plan, &child); /* the test would not see its own /proc now */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (result != -EACCES || child.failed_step != CLONE3_STEP_UID_MAP || child.pidfd != -1)
		return "not EACCES of UID_MAP";
	if (!has_no_child())
		return "a child is left";
	plan.steps |= CLONE3_STEP_DENY_SETGROUPS;
	plan.optional = 0;
	fault = fault_of_run(&plan, 0, NULL);
	return *fault || report->value[0] == 0 ? fault : "dumpable again, it has no map";
}

/* What a program can tell its user. */
static void told(void)
{
	const struct clone3_args args = args_with(CLONE3_NEWUSER);
	const char *sentence = clone3_explain(&args, sizeof(args), EPERM);

	ok(strstr(sentence, "kernel.unprivileged_userns_clone") &&
		   strstr(sentence, "kernel.apparmor_restrict_unprivileged_userns"),
	   "the sysctls are named");
}

int main(int argc, char **argv)
{
	static const int errors[] = { EPERM, EACCES };

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	told();
	for (int i = 0; i < 2; i++) {
		const struct refusal cases[] = { { true, errors[i], 0 },
						 { true, errors[i], REFUSED_OPEN },
						 { false, errors[i], 0 },
						 { false, errors[i], REFUSED_OPEN } };

		if (ordinary_users_may()) {
			holds_apart(refused_maps, &cases[0], "writing is refused");
			holds_apart(refused_maps, &cases[1], "opening is refused");
		}
		if (has_capability(TEST_CAP_SYS_ADMIN)) {
			holds_apart(refused_maps, &cases[2], "writing is refused to the helper");
			holds_apart(refused_maps, &cases[3], "opening is refused to the helper");
		}
	}
	if (ordinary_users_may())
		holds_apart(not_dumpable, NULL, "a caller that is not dumpable");
	else
		skip("step_id_map_refused/ordinary", "no user namespaces for ordinary users");
	if (!has_capability(TEST_CAP_SYS_ADMIN))
		skip("step_id_map_refused/root", "needs CAP_SYS_ADMIN");
	return done();
}
