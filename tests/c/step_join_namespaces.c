/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* JOIN_NAMESPACES: the program is in those namespaces, by descriptors of them or by a pidfd. */
#include "spawn_join.h"

static int program(const char *what)
{
	(void)what;
	namespaces_here(report->value);
	report->value[10] = getuid();
	report->value[11] = getpid();
	report->value[12] = getgid();
	gethostname(report->text, sizeof(report->text));
	return 0;
}

static bool prepare(void)
{
	return sethostname("joined", 6) == 0;
}

static const char *fault_of_join(const struct holder *holder, const struct clone3_join *joins,
				 size_t count)
{
	static char fault[600];
	struct clone3_plan plan = plan_for("join");
	int64_t expected[NAMESPACE_KINDS];
	char name[80] = "";
	struct clone3_child child;
	uint64_t kinds = 0;

	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = joins;
	plan.join_count = count;
	for (size_t i = 0; i < count; i++)
		kinds |= joins[i].namespaces;
	holder_joined(holder, kinds, expected);
	gethostname(name, sizeof(name));
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
	if (fault[0])
		return fault;
	if (namespaces_differing(expected, report->value))
		snprintf(fault, sizeof(fault), "joined %llx: it is in others: %llx",
			 (unsigned long long)kinds,
			 (unsigned long long)namespaces_differing(expected, report->value));
	else if (child.omitted || child.emulated)
		snprintf(fault, sizeof(fault), "something is reported");
	else if (strcmp(report->text, kinds & CLONE3_NEWUTS ? "joined" : name) != 0)
		snprintf(fault, sizeof(fault), "it has another name");
	else if ((report->value[11] != child.pid) != !!(kinds & CLONE3_NEWPID))
		snprintf(fault, sizeof(fault), "it has another number");
	else if (kinds & CLONE3_NEWUSER && report->value[10] != 0)
		snprintf(fault, sizeof(fault), "it is not root there");
	return fault;
}

/* Every kind alone, by both ways; all in one call; and all one after the other, USER first. */
static const char *every(const void *pointer)
{
	const struct holder *holder = pointer;
	struct clone3_join joins[NAMESPACE_KINDS] = { { 0 } };
	size_t count = 0;
	const char *fault = "";

	if (holder->ordinary && !be_ordinary())
		return "cannot become another user";
	if (holder->kinds & CLONE3_NEWUSER)
		joins[count++] = (struct clone3_join){ holder_namespace(holder, CLONE3_NEWUSER), 0,
						       CLONE3_NEWUSER };
	for (size_t i = 0; i < NAMESPACE_KINDS && !*fault; i++) {
		uint64_t kind = namespace_kinds[i].flag & holder->kinds & ~CLONE3_NEWTIME;
		/* Without rights here the rights over the others come with the user namespace. */
		size_t at = holder->ordinary && kind != CLONE3_NEWUSER ? 1 : 0;
		struct clone3_join one[2];

		if (!kind)
			continue;
		one[0] = joins[0];
		one[at] = (struct clone3_join){ holder_namespace(holder, kind), 0, kind };
		fault = fault_of_join(holder, one, at + 1);
		if (kind != CLONE3_NEWUSER)
			joins[count++] = one[at];
		else
			close(one[at].fd);
		if (*fault)
			break;
		one[0] = (struct clone3_join){ holder->pidfd, 0, CLONE3_NEWUSER };
		one[at] = (struct clone3_join){ holder->pidfd, 0, kind };
		fault = fault_of_join(holder, one, at + 1);
	}
	if (!*fault)
		fault = fault_of_join(holder, joins, count);
	if (*fault)
		return fault;
	joins[0] = (struct clone3_join){ holder->pidfd, 0, holder->kinds & ~CLONE3_NEWTIME };
	return fault_of_join(holder, joins, 1);
}

/* The ids of the joined user namespace are those that the steps mean. */
static const char *ids(const void *pointer)
{
	const struct holder *holder = pointer;
	const struct clone3_join joins[] = { { holder->pidfd, 0, CLONE3_NEWUSER } };
	struct clone3_plan plan = plan_for("join");
	const char *fault;

	if (!be_ordinary())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES | CLONE3_STEP_UID | CLONE3_STEP_GID;
	plan.joins = joins;
	plan.join_count = 1;
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	if (report->value[10] != 0 || report->value[12] != 0)
		return "it is not root there";
	plan.uid = 65534; /* what the caller is here */
	return fault_of_refusal(&plan, EINVAL, CLONE3_STEP_UID, 0);
}

/* In another order the rights come too late; what came before it stays where it is optional. */
static const char *too_late(const void *pointer)
{
	const struct holder *holder = pointer;
	struct clone3_join joins[] = { { holder->pidfd, 0, CLONE3_NEWUTS },
				       { holder->pidfd, 0, CLONE3_NEWUSER } };
	struct clone3_plan plan = plan_for("join");
	int64_t expected[NAMESPACE_KINDS];
	struct clone3_child child;
	const char *fault;

	if (!be_ordinary())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = joins;
	plan.join_count = 2;
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_JOIN_NAMESPACES, 0);
	plan.optional = CLONE3_STEP_JOIN_NAMESPACES;
	holder_joined(holder, 0, expected);
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != plan.optional || namespaces_differing(expected, report->value))
		return "it is not left out";
	joins[0] = (struct clone3_join){ holder->pidfd, 0, CLONE3_NEWUSER };
	joins[1] = (struct clone3_join){ holder->pidfd, 0, CLONE3_NEWUSER }; /* where it is now */
	holder_joined(holder, CLONE3_NEWUSER, expected);
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == plan.optional && !namespaces_differing(expected, report->value) ?
		       "" :
		       "what came before the one that failed did not stay";
}

/* New ones of other kinds, made by the clone, so before those are joined. */
static const char *beside_new(const void *pointer)
{
	const struct holder *holder = pointer;
	const struct clone3_join joins[] = { { holder->pidfd, 0, CLONE3_NEWUTS | CLONE3_NEWPID } };
	struct clone3_plan plan = plan_for("join");
	int64_t expected[NAMESPACE_KINDS];
	const char *fault;

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_JOIN_NAMESPACES;
	plan.namespaces = CLONE3_NEWIPC | CLONE3_NEWNET;
	plan.joins = joins;
	plan.join_count = 1;
	holder_joined(holder, joins[0].namespaces, expected);
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	return namespaces_differing(expected, report->value) == plan.namespaces ?
		       "" :
		       "it is in others than those";
}

int main(int argc, char **argv)
{
	uint64_t kinds = namespaces_known() & ~CLONE3_NEWTIME;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		struct holder *same = holder_start(kinds & ~CLONE3_NEWUSER, false, prepare);
		struct holder *other = holder_start(kinds, false, prepare);

		holds_apart(every, same, "as root");
		holds_apart(every, other, "as root, a user namespace too");
		holds_apart(beside_new, same, "beside new ones");
		holder_end(other);
		holder_end(same);
	} else {
		skip("step_join_namespaces/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may()) {
		struct holder *own = holder_start(kinds, true, prepare);

		holds_apart(every, own, "as an ordinary user, its own");
		holds_apart(too_late, own, "as an ordinary user, without or before its rights");
		holds_apart(ids, own, "as an ordinary user, ids of its own namespace");
		holder_end(own);
	} else {
		skip("step_join_namespaces/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
