/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A caller that is itself root in a user namespace, as in a container, maps its own ids again. */
#include "spawn_namespace.h"

static const struct clone3_id_range many[] = { { 0, 100000, 65536 } };
static const struct clone3_id_range two[] = { { 0, 1000, 100 }, { 100, 0, 1 } };
static const struct clone3_id_range foreign[] = { { 0, 1000, 100 }, { 100, 65536, 1 } };

/* A plan in which the namespace's maps are @ranges. */
static struct clone3_plan plan_with(const char *what, const struct clone3_id_range *ranges,
				    size_t count)
{
	struct clone3_plan plan = plan_for(what);

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP |
		     CLONE3_STEP_UID | CLONE3_STEP_GID | CLONE3_STEP_GROUPS;
	plan.namespaces = CLONE3_NEWUSER;
	plan.uid_map = plan.gid_map = ranges;
	plan.uid_map_count = plan.gid_map_count = count;
	return plan;
}

/* In the container, the caller; with all ids of it. */
static const char *with_many(void)
{
	struct clone3_plan plan = plan_with("inner", two, 2);
	struct clone3_child child;
	const char *fault;

	plan.uid = plan.gid = 7;
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	if (report->value[0] != 7 || report->value[1] != 7 || strchr(report->text, '\n') == NULL)
		return "the program has other ids";
	plan.uid = 100; /* the caller's */
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	plan = plan_with("inner", foreign, 2);
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_UID_MAP, 0);
	plan.steps &= ~(CLONE3_STEP_UID | CLONE3_STEP_GID | CLONE3_STEP_GROUPS);
	plan.optional = CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == plan.optional && report->value[0] == 65534 ? "" : "not left out";
}

/* With no id but its own. */
static const char *with_one(void)
{
	struct clone3_plan plan = plan_for("inner");
	const char *fault;

	map_own_ids(&plan, 33);
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	if (report->value[0] != 33 || report->value[1] != 33)
		return "the program has other ids";
	plan = plan_with("inner", two, 2);
	return fault_of_refusal(&plan, EPERM, CLONE3_STEP_UID_MAP, 0);
}

static int program(const char *what)
{
	bool many_ids = strcmp(what, "many") == 0;
	const char *fault;

	if (strcmp(what, "inner") == 0) {
		report->value[0] = getuid();
		report->value[1] = getgid();
		read_text("/proc/self/uid_map", report->text, sizeof(report->text));
		return 0;
	}
	if (getuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN))
		return 3;
	fault = many_ids ? with_many() : with_one();
	snprintf(report->text, sizeof(report->text), "%s", fault);
	return *fault ? 4 : 0;
}

static const char *as_ordinary(const void *unused)
{
	static char fault[700];
	struct clone3_plan plan = plan_for("one");

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	map_own_ids(&plan, 0);
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, NULL));
	if (fault[0])
		snprintf(fault + strlen(fault), 200, ": %.190s", report->text);
	return fault;
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;

	if (argc > 2) { /* a caller, too */
		report_fd = atoi(argv[2]);
		snprintf(report_number, sizeof(report_number), "%d", report_fd);
	}
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (geteuid() == 0 && has_capability(TEST_CAP_SYS_ADMIN) && has_capability(7) &&
	    has_capability(6)) {
		plan = plan_with("many", many, 1);
		runs(&plan, 0, "as root, with a range of ids");
		if (report->text[0])
			printf("# %s\n", report->text);
	} else {
		skip("step_id_maps_nested/root", "needs root, with CAP_SETUID and CAP_SETGID");
	}
	if (ordinary_users_may())
		holds_apart(as_ordinary, NULL, "as an ordinary user, with its own id");
	else
		skip("step_id_maps_nested/ordinary", "no user namespaces for ordinary users");
	return done();
}
