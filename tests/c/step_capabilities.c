/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CAPABILITIES: the sets that the child has when it calls execve, for many plans, against a model. */
#include "old_kernel.h"
#include "spawn_gate.h"

#define KEEP CLONE3_CAPS_KEEP
#define CHOWN 0x1ULL
#define NET_BIND 0x400ULL
#define BOTH (CHOWN | NET_BIND)
#define PLANS 120

enum { INHERITABLE, PERMITTED, EFFECTIVE, BOUNDING, AMBIENT, SETS };

struct sets {
	uint64_t set[SETS];
};

static struct sets sets_of(pid_t pid)
{
	static const char *const names[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	struct sets sets = { 0 };

	for (int i = 0; i < SETS; i++)
		sets.set[i] = proc_status(pid, pid, names[i], 16);
	return sets;
}

/* The same numbers on every run. */
static uint64_t random_set(void)
{
	static const uint64_t sets[] = { 0, CHOWN, NET_BIND, BOTH, KEEP };
	static uint32_t state = 12345;

	state = state * 1664525 + 1013904223;
	return sets[(state >> 16) % 5];
}

static uint64_t kept_or(uint64_t wanted, uint64_t before)
{
	return wanted == KEEP ? before : wanted;
}

/* What must come of it: 0 with the sets, or the errno. The caller has @before. */
static int model(const struct clone3_caps *caps, const struct sets *before, struct sets *after)
{
	after->set[BOUNDING] = kept_or(caps->bounding, before->set[BOUNDING]);
	after->set[PERMITTED] = kept_or(caps->permitted, before->set[PERMITTED]);
	after->set[EFFECTIVE] = kept_or(caps->effective,
					before->set[EFFECTIVE] & after->set[PERMITTED]);
	after->set[INHERITABLE] = kept_or(caps->inheritable, before->set[INHERITABLE]);
	after->set[AMBIENT] = kept_or(caps->ambient, before->set[AMBIENT]);
	if (caps->effective != KEEP && caps->effective & ~caps->permitted)
		return EINVAL;
	if (caps->ambient != KEEP && caps->ambient & ~(caps->permitted & caps->inheritable))
		return EINVAL;
	if (after->set[AMBIENT] & ~(after->set[PERMITTED] & after->set[INHERITABLE]))
		return EPERM;
	return 0;
}

static const char *text_of(const struct clone3_caps *caps, uint32_t uid)
{
	static char text[200];

	snprintf(text, sizeof(text),
		 "uid %u, bounding %llx permitted %llx effective %llx "
		 "inheritable %llx ambient %llx",
		 uid, (unsigned long long)caps->bounding, (unsigned long long)caps->permitted,
		 (unsigned long long)caps->effective, (unsigned long long)caps->inheritable,
		 (unsigned long long)caps->ambient);
	return text;
}

/* "", or what is wrong. @skipped if no filter can hold the child. */
static const char *try(const struct clone3_plan *plan, const struct sets *before, bool *skipped)
{
	static const struct gate_call at_exec[] = { { SYS_execve, GATE_ANY } };
	static char fault[600];
	struct gate gate = { .refused_clone3 = 0 };
	struct gate_request request;
	struct sets want, got = { 0 };
	int error = model(&plan->caps, before, &want);

	if (error) {
		snprintf(fault, sizeof(fault), "%s",
			 fault_of_refusal(plan, error, CLONE3_STEP_CAPABILITIES, 0));
		return fault;
	}
	*skipped = !gate_start(&gate, plan, at_exec, 1);
	if (*skipped)
		return "";
	fault[0] = 0;
	if (gate_next(&gate, &request)) {
		got = sets_of((pid_t)request.pid);
		gate_open(&gate, &request);
	} else {
		snprintf(fault, sizeof(fault), "no exec: %d", gate.result);
	}
	if (!gate_finish(&gate) || gate.result != 0)
		snprintf(fault, sizeof(fault), "result %d", gate.result);
	else
		child_end(&(struct child){ gate.child.pid, gate.child.pidfd });
	for (int i = 0; i < SETS && !fault[0]; i++)
		if (got.set[i] != want.set[i])
			snprintf(fault, sizeof(fault), "set %d is %llx, want %llx", i,
				 (unsigned long long)got.set[i], (unsigned long long)want.set[i]);
	return fault;
}

static const char *many(const void *uid)
{
	static char fault[900];
	const struct sets before = sets_of(getpid());
	struct clone3_plan plan = plan_for("sets");
	bool skipped = false;

	plan.steps = CLONE3_STEP_CAPABILITIES;
	if (*(const uint32_t *)uid) {
		plan.steps |= CLONE3_STEP_UID | CLONE3_STEP_GID;
		plan.uid = plan.gid = *(const uint32_t *)uid;
	}
	for (int i = 0; i < PLANS; i++) {
		const char *why;

		plan.caps = (struct clone3_caps){ random_set(),
						  random_set(),
						  random_set(),
						  random_set(),
						  random_set(),
						  (uint32_t)KEEP,
						  0 };
		/* An ambient set that cannot be kept is the caller's mistake, not this test's. */
		if (plan.caps.ambient == KEEP && before.set[AMBIENT])
			plan.caps.permitted = plan.caps.inheritable = KEEP;
		why = try(&plan, &before, &skipped);
		snprintf(fault, sizeof(fault), "%s%s%.500s",
			 *why ? text_of(&plan.caps, plan.uid) : "", *why ? ": " : "", why);
		if (*why || skipped)
			return fault;
	}
	return "";
}

/* With sets of its own that a change of user would clear. */
static const char *many_with_ambient(const void *uid)
{
	const struct {
		uint32_t version;
		int32_t pid;
	} header = { 0x20080522, 0 };
	struct {
		uint32_t effective, permitted, inheritable;
	} sets[2];

	if (syscall(SYS_capget, &header, sets) != 0)
		return "capget";
	sets[0].inheritable |= BOTH;
	if (syscall(SYS_capset, &header, sets) != 0 ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 10, 0, 0) != 0)
		return "no ambient capability";
	return many(uid);
}

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* One that the caller does not have, although it is root. */
static const char *not_to_be_had(const void *unused)
{
	struct clone3_plan plan = plan_for("sets");
	const char *fault;

	(void)unused;
	prctl(PR_CAPBSET_DROP, 10);
	plan.steps = CLONE3_STEP_CAPABILITIES;
	plan.caps = (struct clone3_caps){ NET_BIND, KEEP, KEEP, KEEP, KEEP, (uint32_t)KEEP, 0 };
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_CAPABILITIES, 0);
	if (*fault)
		return fault;
	if (!be_nobody())
		return "cannot become another user";
	for (int i = 1; i < SETS && !*fault; i++) {
		plan.caps = (struct clone3_caps){ KEEP, KEEP, KEEP, KEEP, KEEP, (uint32_t)KEEP, 0 };
		if (i == PERMITTED)
			plan.caps.permitted = CHOWN;
		else if (i == EFFECTIVE)
			plan.caps.effective = CHOWN;
		else if (i == BOUNDING)
			plan.caps.bounding = CHOWN;
		else
			plan.caps.ambient = CHOWN;
		fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_CAPABILITIES, 0);
	}
	plan.caps = (struct clone3_caps){ KEEP, KEEP, KEEP, KEEP, KEEP, 1, 0 };
	return *fault ? fault : fault_of_refusal(&plan, EPERM, CLONE3_STEP_CAPABILITIES, 0);
}

/* As if there were no capability: that is not the end of a list, of which all is dropped. */
static const char *nothing_told(const void *unused)
{
	struct clone3_plan plan = plan_for("sets");

	(void)unused;
	if (!refuse_if(SYS_prctl, 0, UINT32_MAX, PR_CAPBSET_READ, EINVAL))
		return "no filter";
	plan.steps = CLONE3_STEP_CAPABILITIES;
	plan.caps = (struct clone3_caps){ 0, KEEP, KEEP, KEEP, KEEP, (uint32_t)KEEP, 0 };
	return fault_of_refusal(&plan, EINVAL, CLONE3_STEP_CAPABILITIES, 0);
}

int main(int argc, char **argv)
{
	const uint32_t uids[] = { 0, 65534 };

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (geteuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN) || !has_capability(8) ||
	    !has_capability(7) || !has_capability(6)) {
		skip("step_capabilities", "needs root, with its rights");
		return done();
	}
	for (int i = 0; i < 2; i++) {
		holds_apart(many, &uids[i], i ? "another user" : "root");
		holds_apart(many_with_ambient, &uids[i],
			    i ? "another user, by a caller with an ambient capability" :
				"root, by a caller with an ambient capability");
	}
	holds_apart(not_to_be_had, NULL, "what is not to be had");
	if (support_here().steps & CLONE3_STEP_SECCOMP)
		holds_apart(nothing_told, NULL, "a bounding set that is not told");
	else
		skip("step_capabilities/filter", "no seccomp");
	return done();
}
