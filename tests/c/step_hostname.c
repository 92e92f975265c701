/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* HOSTNAME: the program's machine has that name, the caller's keeps its own. */
#include "spawn_namespace.h"

static int program(const char *what)
{
	(void)what;
	return gethostname(report->text, sizeof(report->text));
}

static const char *named(const char *name, uint64_t kinds)
{
	static char fault[600];
	struct clone3_plan plan = plan_for("hostname");
	char before[80] = "", after[80] = "";
	struct clone3_child child;

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_HOSTNAME;
	plan.namespaces = CLONE3_NEWUTS | kinds;
	plan.hostname = name;
	gethostname(before, sizeof(before));
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
	gethostname(after, sizeof(after));
	if (fault[0])
		return fault;
	if (strcmp(before, after) != 0)
		return "the caller's name changed";
	if (strcmp(report->text, name) != 0)
		snprintf(fault, sizeof(fault), "the program's is \"%.100s\"", report->text);
	return fault;
}

static const char *all(const void *kinds_pointer)
{
	const uint64_t kinds = *(const uint64_t *)kinds_pointer;
	const char *fault;
	char long_name[66];

	if (kinds & CLONE3_NEWUSER && !be_ordinary())
		return "cannot become another user";
	memset(long_name, 'h', 65);
	long_name[64] = long_name[65] = 0;
	fault = named("a-name.of-a.test", kinds);
	if (!*fault)
		fault = named("", kinds);
	if (!*fault)
		fault = named("\xff \n", kinds);
	return *fault ? fault : named(long_name, kinds);
}

int main(int argc, char **argv)
{
	const uint64_t none = 0, user = CLONE3_NEWUSER;
	struct clone3_plan plan;
	char long_name[66] = "";

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	memset(long_name, 'h', 65);
	plan = plan_for("hostname");
	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_HOSTNAME;
	plan.namespaces = CLONE3_NEWUTS;
	plan.hostname = long_name;
	refused(&plan, EINVAL, CLONE3_STEP_HOSTNAME, 0, "65 bytes");
	plan.optional = CLONE3_STEP_HOSTNAME;
	refused(&plan, EINVAL, CLONE3_STEP_HOSTNAME, 0, "the same if it is optional");
	plan.optional = 0;
	plan.hostname = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_HOSTNAME, 0, "NULL");
	if (has_capability(TEST_CAP_SYS_ADMIN))
		holds_apart(all, &none, "as root");
	else
		skip("step_hostname/root", "needs CAP_SYS_ADMIN");
	if (ordinary_users_may())
		holds_apart(all, &user, "as an ordinary user");
	else
		skip("step_hostname/ordinary", "no user namespaces for ordinary users");
	return done();
}
