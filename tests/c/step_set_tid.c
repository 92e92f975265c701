/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SET_TID: the child's numbers, innermost namespace first; taken, out of range, without rights. */
#include "spawn_namespace.h"

static int program(const char *what)
{
	(void)what;
	report->value[0] = getpid();
	return 0;
}

static struct clone3_plan plan_with(const int32_t *set_tid, size_t count, uint64_t namespaces)
{
	struct clone3_plan plan = plan_for("set_tid");

	plan.steps = CLONE3_STEP_SET_TID | (namespaces ? CLONE3_STEP_NAMESPACES : 0);
	plan.set_tid = set_tid;
	plan.set_tid_count = count;
	plan.namespaces = namespaces;
	return plan;
}

static int32_t pid_max(void)
{
	char text[32];

	read_text("/proc/sys/kernel/pid_max", text, sizeof(text));
	return atoi(text);
}

/* Far from those that are given out now. */
static int32_t free_number(int below)
{
	int32_t number = pid_max() - 2 - getpid() % 500 - below;

	while (syscall(SYS_getpgid, number) >= 0 || syscall(SYS_getsid, number) >= 0)
		number--;
	return number;
}

static void check(void)
{
	int32_t numbers[33];
	struct clone3_plan plan;

	for (int i = 0; i < 33; i++)
		numbers[i] = 1;
	plan = plan_with(numbers, 33, 0);
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "more than 32");
	plan.set_tid_count = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "a count without bound");
	plan.set_tid_count = 0;
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "none");
	plan.set_tid_count = 32;
	numbers[31] = 0;
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 31, "a 0");
	numbers[30] = -1;
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 30, "a negative one");
	plan.set_tid = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "NULL");
}

/* Whether a free number can be had. Another process may take it just before: so several tries. */
static bool has_number(size_t count, uint64_t namespaces)
{
	for (int i = 0; i < 20; i++) {
		int32_t number = free_number(i);
		const int32_t numbers[] = { count > 1 ? 1 : number, number };
		const struct clone3_plan plan = plan_with(numbers, count, namespaces);
		struct clone3_child child;
		const char *fault = fault_of_run(&plan, 0, &child);

		if (child.error == EEXIST)
			continue;
		if (*fault)
			printf("# %s\n", fault);
		return !*fault && child.pid == number && report->value[0] == numbers[0];
	}
	return false;
}

static void as_root(void)
{
	const int32_t one[] = { 1 }, five[] = { 5 }, most[] = { INT32_MAX };
	const int32_t beyond[] = { pid_max() }, self[] = { getpid() };
	int32_t deep[32];
	struct clone3_plan plan;
	struct clone3_child child;

	for (int i = 0; i < 32; i++)
		deep[i] = 1;
	ok(has_number(1, 0), "a free number");
	ok(has_number(1, CLONE3_NEWUTS), "with a namespace of another kind");
	ok(has_number(2, CLONE3_NEWPID), "1 in a new namespace, and a free number outside");
	plan = plan_with(one, 1, CLONE3_NEWPID);
	runs(&plan, 0, "1 in a new namespace");
	is(report->value[0], 1, "it is 1 there");

	plan = plan_with(self, 1, 0);
	refused(&plan, EEXIST, CLONE3_STEP_SET_TID, 0, "one that is taken");
	plan.optional = CLONE3_STEP_SET_TID;
	child = runs(&plan, 0, "optional, and taken");
	ok(child.omitted == CLONE3_STEP_SET_TID && child.pid != self[0], "another number");
	plan = plan_with(self, 1, CLONE3_NEWUTS);
	refused(&plan, EEXIST, CLONE3_STEP_SET_TID, 0, "taken, with a namespace");
	plan.optional = CLONE3_STEP_NAMESPACES;
	refused(&plan, EEXIST, CLONE3_STEP_SET_TID, 0, "with a namespace that is optional");
	plan = plan_with(one, 1, 0);
	refused(&plan, EEXIST, CLONE3_STEP_SET_TID, 0, "1 here");
	plan = plan_with(beyond, 1, 0);
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "the first that is out of range");
	plan.optional = CLONE3_STEP_SET_TID;
	child = runs(&plan, 0, "optional, and out of range");
	is(child.omitted, CLONE3_STEP_SET_TID, "it is left out");
	plan = plan_with(most, 1, 0);
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "the greatest of all");
	plan = plan_with(most, 1, CLONE3_NEWNET);
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "the same, with a namespace");
	plan = plan_with(five, 1, CLONE3_NEWPID);
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "a first one that is not 1");
	plan = plan_with(deep, 32, 0);
	refused(&plan, EINVAL, CLONE3_STEP_SET_TID, 0, "for more namespaces than it is in");
}

static const char *as_ordinary(const void *may)
{
	const int32_t one[] = { 1 }, free_one[] = { free_number(0) };
	const int32_t two[] = { 1, free_one[0] };
	struct clone3_plan plan = plan_with(free_one, 1, 0);
	struct clone3_child child;
	const char *fault;

	if (!be_ordinary())
		return "cannot become another user";
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_SET_TID, 0);
	plan.optional = CLONE3_STEP_SET_TID;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != CLONE3_STEP_SET_TID)
		return "it is not reported as left out";
	plan = plan_with(one, 1, CLONE3_NEWPID);
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_NAMESPACES, 0);
	if (*fault || !*(const bool *)may)
		return fault;
	plan.namespaces |= CLONE3_NEWUSER;
	fault = fault_of_run(&plan, 0, NULL);
	if (!*fault && report->value[0] != 1)
		return "it is not 1";
	plan.set_tid = two;
	plan.set_tid_count = 2;
	return *fault ? fault : fault_of_refusal(&plan, EPERM, CLONE3_STEP_SET_TID, 0);
}

int main(int argc, char **argv)
{
	bool may;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	check();
	if (support_here().args_size < CLONE3_ARGS_SIZE_VER1) {
		skip("step_set_tid", "needs Linux 5.5");
		return done();
	}
	if (has_capability(TEST_CAP_SYS_ADMIN))
		as_root();
	else
		skip("step_set_tid/root", "needs CAP_SYS_ADMIN");
	may = ordinary_users_may();
	holds_apart(as_ordinary, &may, "an ordinary user");
	if (!may)
		skip("step_set_tid/ordinary", "no user namespaces for ordinary users");
	return done();
}
