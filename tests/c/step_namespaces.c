/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NAMESPACES: the program is in new ones of the kinds told and in no other; who may, and limits. */
#include "spawn_namespace.h"

static int program(const char *what)
{
	(void)what;
	namespaces_here(report->value);
	report->value[10] = getpid();
	report->value[11] = access("/proc/self", F_OK) == 0;
	return 0;
}

/* One spawn; @differing: the kinds in which the program must differ from this process. */
static const char *fault_of_kinds(uint64_t kinds, uint64_t differing, uint64_t optional)
{
	static char fault[600];
	struct clone3_plan plan = plan_for("namespaces");
	struct clone3_child child;
	int64_t here[NAMESPACE_KINDS];
	uint64_t seen;

	plan.steps = CLONE3_STEP_NAMESPACES;
	plan.namespaces = kinds;
	plan.optional = optional;
	namespaces_here(here);
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
	seen = namespaces_differing(here, report->value);
	if (fault[0])
		return fault;
	if (seen != differing)
		snprintf(fault, sizeof(fault), "kinds %llx: new are %llx",
			 (unsigned long long)kinds, (unsigned long long)seen);
	else if ((report->value[10] == 1) != !!(differing & CLONE3_NEWPID))
		snprintf(fault, sizeof(fault), "its number is %d", (int)report->value[10]);
	else if (child.omitted != (differing ? 0 : optional) || child.emulated)
		snprintf(fault, sizeof(fault), "omitted %llx, emulated %llx",
			 (unsigned long long)child.omitted, (unsigned long long)child.emulated);
	return fault;
}

static void each_as_root(uint64_t known)
{
	const uint64_t but_user = known & ~CLONE3_NEWUSER;
	const char *fault;

	for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
		uint64_t kind = namespace_kinds[i].flag;

		fault = known & kind ? fault_of_kinds(kind, kind, 0) : "";
		if (!ok(!*fault, "%s alone", namespace_kinds[i].name))
			printf("# %s\n", fault);
	}
	fault = fault_of_kinds(known, known, 0);
	if (!ok(!*fault, "all at once"))
		printf("# %s\n", fault);
	fault = fault_of_kinds(but_user, but_user, 0);
	if (!ok(!*fault, "all but a user namespace"))
		printf("# %s\n", fault);
}

static const char *each_as_ordinary(const void *known)
{
	uint64_t kinds = *(const uint64_t *)known;
	const char *fault = "";

	if (!be_ordinary())
		return "cannot become another user";
	for (size_t i = 0; i < NAMESPACE_KINDS && !*fault; i++) {
		uint64_t kind = namespace_kinds[i].flag;

		if (kinds & kind)
			fault = fault_of_kinds(kind | CLONE3_NEWUSER, kind | CLONE3_NEWUSER, 0);
	}
	return *fault ? fault : fault_of_kinds(kinds, kinds, 0);
}

/* Without a user namespace: nothing; and as an optional step, nothing but a report. */
static const char *refused_as_ordinary(const void *known)
{
	const uint64_t kinds = *(const uint64_t *)known & ~CLONE3_NEWUSER;
	struct clone3_plan plan = plan_for("namespaces");
	const char *fault = "";

	if (!be_ordinary())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_NAMESPACES;
	for (size_t i = 0; i < NAMESPACE_KINDS && !*fault; i++) {
		plan.namespaces = namespace_kinds[i].flag & kinds;
		if (!plan.namespaces)
			continue;
		fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_NAMESPACES, 0);
		if (!*fault)
			fault = fault_of_kinds(plan.namespaces, 0, CLONE3_STEP_NAMESPACES);
	}
	plan.namespaces = kinds;
	if (!*fault)
		fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_NAMESPACES, 0);
	return *fault ? fault : fault_of_kinds(kinds, 0, CLONE3_STEP_NAMESPACES);
}

/* Each user namespace has limits of its own. */
static const char *beyond_limits(const void *known)
{
	struct clone3_plan plan = plan_for("namespaces");
	const char *fault = "";

	if (!be_ordinary() || !become_root_of(0))
		return "no user namespace";
	plan.steps = CLONE3_STEP_NAMESPACES;
	for (size_t i = 0; i < NAMESPACE_KINDS && !*fault; i++) {
		char path[64];

		plan.namespaces = namespace_kinds[i].flag;
		if (!(*(const uint64_t *)known & plan.namespaces))
			continue;
		fault = fault_of_kinds(plan.namespaces, plan.namespaces, 0);
		if (*fault)
			break;
		snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces",
			 namespace_kinds[i].name);
		if (!write_text(path, "0"))
			return "the limit cannot be set";
		fault = fault_of_refusal(&plan, ENOSPC, CLONE3_STEP_NAMESPACES, 0);
		if (!*fault)
			fault = fault_of_kinds(plan.namespaces, 0, CLONE3_STEP_NAMESPACES);
	}
	return fault;
}

static void empty_mount_namespace(void)
{
	struct clone3_plan plan = plan_for("namespaces");
	struct clone3_child child;

	plan.steps = CLONE3_STEP_NAMESPACES;
	plan.namespaces = CLONE3_EMPTY_MNTNS;
	if (!(support_here().flags & CLONE3_EMPTY_MNTNS)) {
		refused(&plan, EINVAL, CLONE3_STEP_NAMESPACES, 0, "a kernel without empty ones");
		plan.namespaces |= CLONE3_NEWUTS | CLONE3_NEWNS;
		refused(&plan, EINVAL, CLONE3_STEP_NAMESPACES, 0, "the same with other kinds");
		plan.optional = CLONE3_STEP_NAMESPACES;
		child = runs(&plan, 0, "optional");
		is(child.omitted, CLONE3_STEP_NAMESPACES, "the whole step is left out");
	} else if (!is_static()) {
		skip("step_namespaces/empty", "there are no shared libraries inside");
	} else {
		plan = plan_by_fd_for("namespaces");
		plan.steps |= CLONE3_STEP_NAMESPACES;
		plan.namespaces = CLONE3_EMPTY_MNTNS;
		runs(&plan, 0, "an empty mount namespace");
		is(report->value[11], 0, "there is no /proc in it");
	}
}

static void check(void)
{
	static const uint64_t no_kinds[] = { 0,
					     CLONE3_VM,
					     CLONE3_NEWUTS | CLONE3_FILES,
					     CLONE3_NEWUTS | CLONE3_INTO_CGROUP,
					     CLONE3_NEWUTS | CLONE3_PARENT,
					     1ULL << 38,
					     UINT64_MAX };
	struct clone3_plan plan = plan_for("namespaces");

	plan.steps = CLONE3_STEP_NAMESPACES;
	for (size_t i = 0; i < sizeof(no_kinds) / sizeof(no_kinds[0]); i++) {
		plan.namespaces = no_kinds[i];
		plan.optional = 0;
		refused(&plan, EINVAL, CLONE3_STEP_NAMESPACES, 0, "no kind, or more");
		plan.optional = CLONE3_STEP_NAMESPACES;
		refused(&plan, EINVAL, CLONE3_STEP_NAMESPACES, 0, "the same if it is optional");
	}
}

int main(int argc, char **argv)
{
	uint64_t known = namespaces_known(), may_be_refused;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	check();
	if (!(support_here().flags & CLONE3_NEWTIME)) /* clone3 makes them since 6.3 */
		known &= ~CLONE3_NEWTIME;
	may_be_refused = known;
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		each_as_root(known);
		empty_mount_namespace();
	} else {
		skip("step_namespaces", "needs CAP_SYS_ADMIN");
	}
	if (!time_offsets_can_be_set()) /* a kernel before 6.2: -ENOSYS */
		may_be_refused &= ~CLONE3_NEWTIME;
	holds_apart(refused_as_ordinary, &may_be_refused,
		    "an ordinary user without a user namespace");
	if (ordinary_users_may()) {
		holds_apart(each_as_ordinary, &known, "an ordinary user with a user namespace");
		holds_apart(beyond_limits, &known, "limits of 0");
	} else {
		skip("step_namespaces/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
