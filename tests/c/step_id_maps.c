/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* UID_MAP, GID_MAP, DENY_SETGROUPS: the ids that the program has, and may get, in its namespace. */
#include "spawn_namespace.h"

#include <grp.h>

static int program(const char *what)
{
	gid_t groups[32];

	report->value[0] = getuid();
	report->value[1] = getgid();
	report->value[2] = geteuid();
	report->value[3] = getegid();
	report->value[4] = getgroups(32, groups);
	for (int i = 0; i < report->value[4]; i++)
		report->value[10 + i] = groups[i];
	namespaces_here(&report->value[50]);
	report->value[6] = proc_number("/proc/self/status", "CapEff", 16, -1);
	if (strcmp(what, "gid") == 0)
		read_text("/proc/self/gid_map", report->text, sizeof(report->text));
	else if (strcmp(what, "setgroups") == 0)
		read_text("/proc/self/setgroups", report->text, sizeof(report->text));
	else
		read_text("/proc/self/uid_map", report->text, sizeof(report->text));
	return 0;
}

/* Whether a map, as /proc shows it with blanks between, has exactly these lines. */
static bool is_map(const char *text, const struct clone3_id_range *ranges, size_t count)
{
	const char *line = text;

	for (size_t i = 0; i < count; i++) {
		unsigned long inside, outside, length;
		int end = 0;

		if (sscanf(line, "%lu %lu %lu%n", &inside, &outside, &length, &end) != 3 ||
		    inside != ranges[i].inside || outside != ranges[i].outside ||
		    length != ranges[i].count || line[end] != '\n')
			return false;
		line += end + 1;
	}
	return !*line;
}

/* The same plan three times, since a program tells of one file. */
static const char *fault_of_maps(struct clone3_plan plan, int64_t uid, int64_t gid,
				 const char *deny)
{
	static const char *const files[] = { "uid", "gid", "setgroups" };
	int64_t here[NAMESPACE_KINDS];
	struct clone3_child child;
	const char *argv[] = { "program", NULL, report_number, NULL };
	const char *fault;

	plan.argv = argv;
	namespaces_here(here);
	for (int i = 0; i < 3; i++) {
		argv[1] = files[i];
		fault = fault_of_run(&plan, 0, &child);
		if (*fault)
			return fault;
		if (child.omitted || child.emulated)
			return "something is reported";
		if (namespaces_differing(here, &report->value[50]) != plan.namespaces)
			return "it is in other namespaces";
		if (report->value[0] != uid || report->value[2] != uid || report->value[1] != gid ||
		    report->value[3] != gid)
			return "it has other ids";
		if ((report->value[6] != 0) != (uid == 0))
			return "root there has no capabilities, or somebody else has";
		if (i == 0 && !is_map(report->text, plan.uid_map, plan.uid_map_count))
			return "uid_map is another";
		if (i == 1 && !is_map(report->text, plan.gid_map, plan.gid_map_count))
			return "gid_map is another";
		if (i == 2 && strcmp(report->text, deny) != 0)
			return "setgroups is another";
	}
	return "";
}

static struct clone3_plan plan_with(uint64_t steps, const struct clone3_id_range *uids,
				    size_t ucount, const struct clone3_id_range *gids,
				    size_t gcount)
{
	struct clone3_plan plan = plan_for("uid");

	plan.steps = CLONE3_STEP_NAMESPACES | steps;
	plan.namespaces = CLONE3_NEWUSER;
	plan.uid_map = uids;
	plan.uid_map_count = ucount;
	plan.gid_map = gids;
	plan.gid_map_count = gcount;
	plan.steps |= (ucount ? CLONE3_STEP_UID_MAP : 0) | (gcount ? CLONE3_STEP_GID_MAP : 0);
	return plan;
}

/* Written by the child itself: one line each, onto its own ids. */
static const char *as_ordinary(const void *unused)
{
	static const uint32_t groups[] = { 0 };
	static const uint32_t insides[] = { 0, 1000, 65534, 0xfffffffe };
	struct clone3_plan plan;
	const char *fault = "";

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	for (size_t i = 0; i < sizeof(insides) / sizeof(insides[0]) && !*fault; i++) {
		plan = plan_for("uid");
		map_own_ids(&plan, insides[i]);
		fault = fault_of_maps(plan, insides[i], insides[i], "deny\n");
		/* To be what one is: with every step of the ids. */
		plan.steps |= CLONE3_STEP_UID | CLONE3_STEP_GID;
		plan.uid = plan.gid = insides[i];
		if (!*fault)
			fault = fault_of_maps(plan, insides[i], insides[i], "deny\n");
	}
	if (*fault)
		return fault;
	plan = plan_for("uid");
	map_own_ids(&plan, 0);
	plan.namespaces |= namespaces_known() & ~CLONE3_NEWTIME;
	fault = fault_of_maps(plan, 0, 0, "deny\n");
	if (*fault)
		return fault;
	plan.steps |= CLONE3_STEP_UID;
	plan.uid = 1;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_UID, 0);
	plan.steps ^= CLONE3_STEP_UID | CLONE3_STEP_GID;
	plan.uid = 0;
	plan.gid = 1;
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_GID, 0);
	plan.steps ^= CLONE3_STEP_GID | CLONE3_STEP_GROUPS;
	plan.gid = 0;
	plan.groups = groups;
	plan.group_count = 1;
	return *fault ? fault : fault_of_refusal(&plan, EPERM, CLONE3_STEP_GROUPS, 0);
}

/* Capabilities there: none at all for root, or one for somebody else, who keeps it by exec. */
static const char *capabilities_as_ordinary(const void *unused)
{
	const uint64_t keep = CLONE3_CAPS_KEEP, admin = 1ULL << TEST_CAP_SYS_ADMIN;
	struct clone3_plan plan = plan_for("uid");
	const char *fault;

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	map_own_ids(&plan, 0);
	plan.steps |= CLONE3_STEP_CAPABILITIES;
	plan.caps = (struct clone3_caps){ 0, 0, 0, 0, 0, (uint32_t)keep, 0 };
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	if (report->value[0] != 0 || report->value[6] != 0)
		return "root there has capabilities";
	map_own_ids(&plan, 1000);
	plan.caps = (struct clone3_caps){ keep, keep, keep, admin, admin, (uint32_t)keep, 0 };
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	return report->value[0] == 1000 && report->value[6] == (int64_t)admin ?
		       "" :
		       "it has other capabilities";
}

/* Each alone; what is not mapped shows as the overflow id. */
static const char *alone_as_ordinary(const void *unused)
{
	struct clone3_id_range uid[1], gid[1];
	struct clone3_plan plan;
	const char *fault;

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	uid[0] = (struct clone3_id_range){ 5, getuid(), 1 };
	gid[0] = (struct clone3_id_range){ 6, getgid(), 1 };
	plan = plan_with(0, uid, 1, NULL, 0);
	fault = fault_of_maps(plan, 5, 65534, "allow\n");
	plan = plan_with(CLONE3_STEP_DENY_SETGROUPS, NULL, 0, gid, 1);
	if (!*fault)
		fault = fault_of_maps(plan, 65534, 6, "deny\n");
	plan = plan_with(CLONE3_STEP_DENY_SETGROUPS, NULL, 0, NULL, 0);
	return *fault ? fault : fault_of_maps(plan, 65534, 65534, "deny\n");
}

/* Written by the helper: as many lines as one wishes. */
static void as_root(void)
{
	static const struct clone3_id_range uids[] = {
		{ 1000, 0, 1 }, { 0, 100000, 1000 }, { 1001, 5000000, 60000 }, { 70000, 1, 9 }
	};
	static const struct clone3_id_range gids[] = { { 0, 200000, 100 }, { 100, 0, 1 } };
	static const struct clone3_id_range all[] = { { 0, 0, UINT32_MAX } };
	static const uint32_t groups[] = { 7, 100, 99 };
	struct clone3_plan plan = plan_with(0, uids, 4, gids, 2);
	struct clone3_child child;
	const char *fault = fault_of_maps(plan, 1000, 100, "allow\n");

	if (!ok(!*fault, "several lines"))
		printf("# %s\n", fault);
	plan.steps |= CLONE3_STEP_UID | CLONE3_STEP_GID | CLONE3_STEP_GROUPS;
	plan.groups = groups;
	plan.group_count = 3;
	fault = fault_of_maps(plan, 0, 0, "allow\n");
	if (!ok(!*fault, "then uid, gid and groups inside"))
		printf("# %s\n", fault);
	ok(report->value[4] == 3 &&
		   report->value[10] + report->value[11] + report->value[12] == 7 + 100 + 99,
	   "the groups are those");
	plan.uid = 61000;
	plan.gid = 99;
	fault = fault_of_maps(plan, 61000, 99, "allow\n");
	if (!ok(!*fault, "other ids, the last of their range"))
		printf("# %s\n", fault);
	plan.uid = 61001;
	refused(&plan, EINVAL, CLONE3_STEP_UID, 0, "the first behind it");
	plan.uid = 0;
	plan.gid = 101;
	refused(&plan, EINVAL, CLONE3_STEP_GID, 0, "a gid that is not mapped");
	plan.gid = 0;
	plan.groups = (const uint32_t[]){ 7, 101 };
	plan.group_count = 2;
	refused(&plan, EINVAL, CLONE3_STEP_GROUPS, 0, "a group that is not mapped");
	plan.groups = groups;
	plan.steps |= CLONE3_STEP_DENY_SETGROUPS;
	refused(&plan, EPERM, CLONE3_STEP_GROUPS, 0, "groups that are denied");

	plan = plan_with(CLONE3_STEP_DENY_SETGROUPS, uids, 4, gids, 2);
	fault = fault_of_maps(plan, 1000, 100, "deny\n");
	if (!ok(!*fault, "several lines, and setgroups denied"))
		printf("# %s\n", fault);
	plan.namespaces |= namespaces_known() & ~CLONE3_NEWTIME;
	fault = fault_of_maps(plan, 1000, 100, "deny\n");
	if (!ok(!*fault, "with every other kind of namespace"))
		printf("# %s\n", fault);
	plan = plan_with(0, all, 1, all, 1);
	fault = fault_of_maps(plan, 0, 0, "allow\n");
	if (!ok(!*fault, "all ids as they are"))
		printf("# %s\n", fault);
	plan = plan_for("uid");
	map_own_ids(&plan, 42);
	fault = fault_of_maps(plan, 42, 42, "deny\n");
	if (!ok(!*fault, "one line onto oneself"))
		printf("# %s\n", fault);
	plan = plan_with(0, uids, 1, NULL, 0);
	fault = fault_of_maps(plan, 1000, 65534, "allow\n");
	if (!ok(!*fault, "UID_MAP alone"))
		printf("# %s\n", fault);
	plan = plan_with(0, NULL, 0, gids + 1, 1);
	fault = fault_of_maps(plan, 65534, 100, "allow\n");
	if (!ok(!*fault, "GID_MAP alone"))
		printf("# %s\n", fault);
	plan = plan_with(CLONE3_STEP_DENY_SETGROUPS, NULL, 0, NULL, 0);
	fault = fault_of_maps(plan, 65534, 65534, "deny\n");
	if (!ok(!*fault, "DENY_SETGROUPS alone"))
		printf("# %s\n", fault);

	plan = plan_with(0, uids, 4, gids, 2);
	plan.optional = CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP;
	child = runs(&plan, 0, "optional");
	ok(child.omitted == 0 && report->value[0] == 1000, "and taken");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (geteuid() == 0 && has_capability(TEST_CAP_SYS_ADMIN) && has_capability(7) &&
	    has_capability(6) && has_capability(31))
		as_root();
	else
		skip("step_id_maps/root", "needs root, with CAP_SETUID, CAP_SETGID, CAP_SETFCAP");
	if (ordinary_users_may()) {
		holds_apart(as_ordinary, NULL, "an ordinary user, onto itself");
		holds_apart(capabilities_as_ordinary, NULL, "an ordinary user, capabilities");
		holds_apart(alone_as_ordinary, NULL, "an ordinary user, with one map or none");
	} else {
		skip("step_id_maps/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
