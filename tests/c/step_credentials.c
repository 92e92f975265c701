/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* GROUPS, GID, UID, CAPABILITIES: the program's credentials, with the caller's left alone. */
#include "spawn.h"

#include <grp.h>

#define KEEP CLONE3_CAPS_KEEP
#define KEEP_BITS ((uint32_t)CLONE3_CAPS_KEEP)
#define CHOWN 0x1ULL
#define NET_BIND 0x400ULL
#define NET_RAW 0x2000ULL

static int program(const char *what)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	uid_t ids[3];
	gid_t groups[32];

	(void)what;
	getresuid(&ids[0], &ids[1], &ids[2]);
	for (int i = 0; i < 3; i++)
		report->value[i] = ids[i];
	getresgid(&ids[0], &ids[1], &ids[2]);
	for (int i = 0; i < 3; i++)
		report->value[3 + i] = ids[i];
	report->value[6] = getgroups(32, groups);
	for (int i = 0; i < report->value[6]; i++)
		report->value[40 + i] = groups[i];
	for (int i = 0; i < 5; i++)
		report->value[10 + i] = (int64_t)proc_status(getpid(), getpid(), sets[i], 16);
	report->value[15] = prctl(PR_GET_SECUREBITS);
	return 0;
}

enum { INHERITABLE = 10, PERMITTED, EFFECTIVE, BOUNDING, AMBIENT, SECUREBITS };

static const char *as_nobody(const void *argument)
{
	static const uint32_t groups[] = { 5 };
	struct clone3_plan plan = plan_for("credentials");
	const char *why;

	(void)argument;
	if (!be_nobody())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_UID;
	plan.uid = 0;
	why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_UID, 0);
	plan.uid = 65534;
	if (!*why)
		why = fault_of_run(&plan, 0, NULL);
	plan.uid = 0;
	plan.steps = CLONE3_STEP_GID;
	if (!*why)
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_GID, 0);
	plan.steps = CLONE3_STEP_GROUPS;
	plan.groups = groups;
	plan.group_count = 1;
	if (!*why)
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_GROUPS, 0);
	plan.groups = NULL;
	plan.group_count = 0;
	plan.steps = CLONE3_STEP_CAPABILITIES;
	plan.caps = (struct clone3_caps){ KEEP, CHOWN, 0, 0, 0, KEEP_BITS, 0 };
	if (!*why)
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_CAPABILITIES, 0);
	plan.caps = (struct clone3_caps){ 0, KEEP, KEEP, KEEP, KEEP, KEEP_BITS, 0 };
	if (!*why)
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_CAPABILITIES, 0);
	plan.caps = (struct clone3_caps){ KEEP, 0, 0, 0, 0, KEEP_BITS, 0 };
	if (!*why)
		why = fault_of_run(&plan, 0, NULL);
	return why;
}

int main(int argc, char **argv)
{
	static const uint32_t groups[] = { 7, 65000, 3 };
	uint32_t no_group[] = { 1, UINT32_MAX };
	struct clone3_plan plan;
	uint64_t all;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	all = proc_status(getpid(), getpid(), "CapPrm", 16);
	plan = plan_for("credentials");

	plan.steps = CLONE3_STEP_UID;
	plan.uid = UINT32_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_UID, 0, "a uid that changes nothing");
	plan.uid = 0;
	plan.steps = CLONE3_STEP_GID;
	plan.gid = UINT32_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_GID, 0, "a gid that changes nothing");
	plan.gid = 0;
	plan.steps = CLONE3_STEP_GROUPS;
	plan.groups = no_group;
	plan.group_count = 2;
	refused(&plan, EINVAL, CLONE3_STEP_GROUPS, 1, "a group that is none");
	plan.group_count = 65537;
	refused(&plan, EINVAL, CLONE3_STEP_GROUPS, 0, "too many groups");
	plan.groups = NULL;
	plan.group_count = 1;
	refused(&plan, EINVAL, CLONE3_STEP_GROUPS, 0, "NULL");
	plan.group_count = 0;
	plan.steps = CLONE3_STEP_CAPABILITIES;
	plan.caps = (struct clone3_caps){ KEEP, CHOWN, CHOWN | NET_RAW, 0, 0, KEEP_BITS, 0 };
	refused(&plan, EINVAL, CLONE3_STEP_CAPABILITIES, 0, "effective but not permitted");
	plan.caps = (struct clone3_caps){ KEEP, CHOWN, CHOWN, 0, CHOWN, KEEP_BITS, 0 };
	refused(&plan, EINVAL, CLONE3_STEP_CAPABILITIES, 0, "ambient but not inheritable");
	plan.caps = (struct clone3_caps){ KEEP, KEEP, KEEP, KEEP, KEEP, KEEP_BITS, 1 };
	refused(&plan, EINVAL, CLONE3_STEP_CAPABILITIES, 0, "a reserved member");
	plan.caps = (struct clone3_caps){ 0 };

	if ((all & 0x1c1) != 0x1c1) { /* CHOWN, SETGID, SETUID, SETPCAP */
		skip("step_credentials", "needs CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_CHOWN");
		return done();
	}
	plan.steps = CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID;
	plan.groups = groups;
	plan.group_count = 3;
	plan.gid = 1234;
	plan.uid = 4321;
	runs(&plan, 0, "another user");
	ok(report->value[0] == 4321 && report->value[1] == 4321 && report->value[2] == 4321,
	   "real, effective and saved uid");
	ok(report->value[3] == 1234 && report->value[4] == 1234 && report->value[5] == 1234,
	   "real, effective and saved gid");
	ok(report->value[6] == 3 &&
		   report->value[40] + report->value[41] + report->value[42] == 7 + 65000 + 3,
	   "the groups");
	ok(report->value[PERMITTED] == 0 && report->value[EFFECTIVE] == 0, "no capability");
	plan.group_count = 0;
	runs(&plan, 0, "no group");
	is(report->value[6], 0, "no group");

	plan.steps |= CLONE3_STEP_CAPABILITIES;
	plan.caps = (struct clone3_caps){
		CHOWN | NET_BIND, CHOWN | NET_BIND, NET_BIND, CHOWN | NET_BIND, CHOWN, KEEP_BITS, 0
	};
	runs(&plan, 0, "another user with capabilities");
	is(report->value[INHERITABLE], CHOWN | NET_BIND, "inheritable");
	is(report->value[AMBIENT], CHOWN, "ambient");
	ok(report->value[PERMITTED] == CHOWN && report->value[EFFECTIVE] == CHOWN,
	   "what is ambient becomes permitted and effective at exec");
	is(report->value[BOUNDING], CHOWN | NET_BIND, "the bounding set");
	is(report->value[0], 4321, "the user");

	plan.steps = CLONE3_STEP_CAPABILITIES;
	plan.gid = plan.uid = 0;
	plan.groups = NULL;
	plan.caps = (struct clone3_caps){ KEEP, KEEP, KEEP, KEEP, KEEP, 0x2f, 0 };
	runs(&plan, 0, "securebits alone");
	is(report->value[SECUREBITS], 0x2f, "as told");
	plan.caps = (struct clone3_caps){ KEEP, 0, 0, 0, 0, 0x03, 0 };
	runs(&plan, 0, "root without capabilities, NOROOT");
	ok(report->value[PERMITTED] == 0 && report->value[EFFECTIVE] == 0, "exec gives none back");
	plan.caps = (struct clone3_caps){ NET_RAW, 0, 0, 0, 0, KEEP_BITS, 0 };
	runs(&plan, 0, "root with one capability in the bounding set");
	is(report->value[PERMITTED], NET_RAW, "exec gives that one back");
	plan.caps = (struct clone3_caps){ KEEP, KEEP, KEEP, NET_BIND, NET_BIND, KEEP_BITS, 0 };
	runs(&plan, 0, "ambient of what is permitted");
	is(report->value[BOUNDING], proc_status(getpid(), getpid(), "CapBnd", 16),
	   "the bounding set is the caller's");
	plan.caps = (struct clone3_caps){ KEEP, KEEP, KEEP, KEEP, KEEP, KEEP_BITS, 0 };
	plan.steps |= CLONE3_STEP_UID;
	plan.uid = 4321;
	runs(&plan, 0, "all kept over a change of user");
	is(report->value[PERMITTED], 0, "exec of an ordinary user drops them");
	plan.caps = (struct clone3_caps){ KEEP, 1ULL << 62, 0, 0, 0, KEEP_BITS, 0 };
	refused(&plan, EPERM, CLONE3_STEP_CAPABILITIES, 0, "one that does not exist");
	plan.caps = (struct clone3_caps){ 1ULL << 62, 0, 0, 0, 0, KEEP_BITS, 0 };
	refused(&plan, EINVAL, CLONE3_STEP_CAPABILITIES, 0, "a bounding set above the kernel's");

	is(proc_status(getpid(), getpid(), "CapPrm", 16), all, "the caller keeps its capabilities");
	is(prctl(PR_GET_SECUREBITS), 0, "and securebits");
	is(prctl(PR_GET_KEEPCAPS), 0, "and does not keep capabilities");
	is(getuid(), 0, "and its user");
	is(prctl(PR_GET_DUMPABLE), 1, "and is dumpable");
	holds_apart(as_nobody, NULL, "what an ordinary user may and may not");
	return done();
}
