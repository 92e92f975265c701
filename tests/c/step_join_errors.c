/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* JOIN_NAMESPACES: what is no join, and what cannot be joined, with its place in the array. */
#include "spawn_join.h"

#define JOIN CLONE3_STEP_JOIN_NAMESPACES

static int program(const char *what)
{
	(void)what;
	namespaces_here(report->value);
	return 0;
}

static struct clone3_plan plan_with(const struct clone3_join *joins, size_t count)
{
	struct clone3_plan plan = plan_for("join");

	plan.steps = JOIN;
	plan.joins = joins;
	plan.join_count = count;
	return plan;
}

/* As it is, and if it is optional. */
static void no_join(struct clone3_plan plan, int error, uint64_t step, uint32_t index,
		    const char *what)
{
	refused(&plan, error, step, index, what);
	plan.optional |= step;
	refused(&plan, error, step, index, "the same if it is optional");
}

static void check(void)
{
	const int uts = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	struct clone3_join joins[] = { { uts, 0, CLONE3_NEWUTS }, { uts, 0, CLONE3_NEWUTS } };
	struct clone3_plan plan = plan_with(joins, 2);
	static const uint64_t no_kinds[] = { 0,
					     CLONE3_NEWTIME,
					     CLONE3_NEWTIME | CLONE3_NEWUTS,
					     CLONE3_EMPTY_MNTNS,
					     CLONE3_VM,
					     CLONE3_NEWUTS | 1ULL << 40,
					     UINT64_MAX };
	static const int closed[] = { -1, INT32_MIN, 1000000, INT32_MAX };
	static const int32_t tids[] = { 1 };

	for (size_t i = 0; i < sizeof(no_kinds) / sizeof(no_kinds[0]); i++) {
		joins[1].namespaces = no_kinds[i];
		no_join(plan, EINVAL, JOIN, 1, "no kind that can be joined");
	}
	joins[1].namespaces = CLONE3_NEWUTS;
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		joins[1].fd = closed[i];
		no_join(plan, EBADF, JOIN, 1, "a descriptor that is not open");
	}
	joins[1] = (struct clone3_join){ uts, 1, CLONE3_NEWUTS };
	no_join(plan, EINVAL, JOIN, 1, "a reserved member");
	joins[1].reserved = 0;
	no_join(plan_with(joins, 0), EINVAL, JOIN, 0, "none");
	no_join(plan_with(NULL, 0), EINVAL, JOIN, 0, "none, and NULL");
	no_join(plan_with(NULL, 1), EINVAL, JOIN, 0, "NULL");

	plan.steps |= CLONE3_STEP_NAMESPACES;
	plan.namespaces = CLONE3_NEWUTS | CLONE3_NEWIPC;
	no_join(plan, EINVAL, JOIN, 0, "a kind that is new, too");
	joins[1].namespaces = CLONE3_NEWNS;
	plan.joins = joins + 1;
	plan.join_count = 1;
	plan.namespaces = CLONE3_EMPTY_MNTNS;
	no_join(plan, EINVAL, JOIN, 0, "a mount namespace beside an empty one");
	joins[1].namespaces = CLONE3_NEWPID | CLONE3_NEWNS;
	plan.namespaces = CLONE3_NEWUSER;
	no_join(plan, EINVAL, JOIN, 0, "a pid namespace with a new user namespace");

	plan = plan_with(joins, 2);
	plan.steps |= CLONE3_STEP_SET_TID;
	plan.set_tid = tids;
	plan.set_tid_count = 1;
	no_join(plan, EINVAL, CLONE3_STEP_SET_TID, 0, "SET_TID with a pid namespace");
	plan = plan_with(joins, 2);
	plan.steps |= CLONE3_STEP_AUTO_REAP;
	no_join(plan, EINVAL, CLONE3_STEP_AUTO_REAP, 0, "AUTO_REAP with a pid namespace");
	plan = plan_with(joins, 2);
	plan.steps |= CLONE3_STEP_KILL_ON_CLOSE;
	no_join(plan, EINVAL, CLONE3_STEP_KILL_ON_CLOSE, 0, "KILL_ON_CLOSE with a pid namespace");
	close(uts);
}

/* The second of two; if the step is optional the first one stays. */
static const char *fault_of_second(const struct holder *holder, int fd, uint64_t kinds, int error)
{
	static char fault[600];
	const struct clone3_join joins[] = { { holder->pidfd, 0, CLONE3_NEWIPC },
					     { fd, 0, kinds } };
	struct clone3_plan plan = plan_with(joins, 2);
	int64_t expected[NAMESPACE_KINDS];
	struct clone3_child child;

	snprintf(fault, sizeof(fault), "%s", fault_of_refusal(&plan, error, JOIN, 1));
	if (fault[0])
		return fault;
	plan.optional = JOIN;
	holder_joined(holder, CLONE3_NEWIPC, expected);
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
	if (fault[0])
		return fault;
	if (child.omitted != JOIN)
		return "it is not reported";
	return namespaces_differing(expected, report->value) ? "the first did not stay" : "";
}

struct ended {
	const struct holder *alive;
	int pidfd;
	int pid_namespace;
};

static const char *wrong(const void *pointer)
{
	const struct ended *ended = pointer;
	const struct holder *alive = ended->alive;
	int uts = holder_namespace(alive, CLONE3_NEWUTS);
	int net = holder_namespace(alive, CLONE3_NEWNET);
	int own_user = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
	int plain = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const char *fault = fault_of_second(alive, plain, CLONE3_NEWUTS, EINVAL);

	if (!*fault) /* another kind, or more than it is */
		fault = fault_of_second(alive, net, CLONE3_NEWUTS, EINVAL);
	if (!*fault)
		fault = fault_of_second(alive, uts, CLONE3_NEWUTS | CLONE3_NEWNET, EINVAL);
	if (!*fault) /* where it is already */
		fault = fault_of_second(alive, own_user, CLONE3_NEWUSER, EINVAL);
	if (!*fault)
		fault = fault_of_second(alive, ended->pidfd, CLONE3_NEWUTS, ESRCH);
	if (!*fault) /* whether it is nested or not */
		fault = fault_of_second(alive, ended->pidfd, CLONE3_NEWUTS | CLONE3_NEWPID, ESRCH);
	if (!*fault)
		fault = fault_of_second(alive, plain, CLONE3_NEWPID, EINVAL);
	return fault;
}

/* In a namespace without a first process nobody can be born: the clone's, as without a join. */
static const char *dead(const void *pointer)
{
	const struct ended *ended = pointer;
	const struct clone3_join joins[] = { { ended->pid_namespace, 0, CLONE3_NEWPID } };
	struct clone3_plan plan = plan_with(joins, 1);
	const char *fault = fault_of_refusal(&plan, ENOMEM, CLONE3_STEP_CLONE, 0);

	plan.optional = JOIN;
	return *fault ? fault : fault_of_refusal(&plan, ENOMEM, CLONE3_STEP_CLONE, 0);
}

static const char *without_rights(const void *pointer)
{
	const struct ended *ended = pointer;
	const int here = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	const int uts = holder_namespace(ended->alive, CLONE3_NEWUTS);
	struct clone3_join joins[] = { { here, 0, CLONE3_NEWUTS } };
	struct clone3_plan plan = plan_with(joins, 1);
	int64_t expected[NAMESPACE_KINDS];
	struct clone3_child child;
	const char *fault;

	if (!be_ordinary())
		return "cannot become another user";
	fault = fault_of_refusal(&plan, EPERM, JOIN, 0);
	joins[0].fd = uts;
	if (!*fault)
		fault = fault_of_refusal(&plan, EPERM, JOIN, 0);
	plan.optional = JOIN;
	holder_joined(ended->alive, 0, expected);
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == JOIN && !namespaces_differing(expected, report->value) ?
		       "" :
		       "it is not left out";
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	check();
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		const uint64_t kinds = CLONE3_NEWUTS | CLONE3_NEWIPC | CLONE3_NEWNET;
		struct holder *alive = holder_start(kinds, false, NULL);
		struct holder *killed = holder_start(kinds | CLONE3_NEWPID, false, NULL);
		const struct ended ended = { alive, killed->pidfd,
					     holder_namespace(killed, CLONE3_NEWPID) };

		holder_kill(killed);
		holds_apart(wrong, &ended, "descriptors of other things, and of an ended process");
		holds_apart(dead, &ended, "a pid namespace whose first process has ended");
		holds_apart(without_rights, &ended, "an ordinary user");
		holder_end(killed);
		holder_end(alive);
		close(ended.pid_namespace);
	} else {
		skip("step_join_errors", "needs CAP_SYS_ADMIN");
	}
	return done();
}
