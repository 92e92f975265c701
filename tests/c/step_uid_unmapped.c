/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* GROUPS, GID, UID in a user namespace that does not know the number: EINVAL of the step. */
#include "spawn.h"

#include <sched.h>

static int program(const char *what)
{
	(void)what;
	report->value[0] = getuid();
	report->value[1] = getgid();
	return 0;
}

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return written;
}

/* @pid is uid and gid 0 of its namespace, which has no other number. */
static bool map_ids(pid_t pid, unsigned int uid, unsigned int gid, bool with_groups)
{
	char path[64], map[32];

	snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)pid);
	if (!with_groups && !write_file(path, "deny"))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", (int)pid);
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (!write_file(path, map))
		return false;
	snprintf(path, sizeof(path), "/proc/%d/gid_map", (int)pid);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	return write_file(path, map);
}

/* With setgroups the map is to be written from outside. */
static bool enter(bool with_groups)
{
	unsigned int uid = getuid();
	unsigned int gid = getgid();
	int *ready = shared_memory(sizeof(*ready));
	pid_t self = getpid();
	pid_t helper;

	if (!with_groups)
		return unshare(CLONE_NEWUSER) == 0 && map_ids(self, uid, gid, false);
	helper = fork();
	if (helper == 0)
		_exit(await(ready) && map_ids(self, uid, gid, true));

	bool entered = unshare(CLONE_NEWUSER) == 0;

	announce(ready);
	return reap_code(helper) == 1 && entered;
}

static const char *inside(const void *with_groups)
{
	static const uint32_t groups[] = { 0, 5 };
	struct clone3_plan plan = plan_for("ids");
	const char *fault;

	if (!enter(*(const bool *)with_groups))
		return "no user namespace";
	plan.steps = CLONE3_STEP_UID | CLONE3_STEP_GID;
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	if (report->value[0] != 0 || report->value[1] != 0)
		return "not uid and gid 0 of the namespace";
	plan.uid = 1;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_UID, 0);
	if (*fault)
		return fault;
	plan.gid = 1;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_GID, 0);
	if (*fault)
		return fault;
	plan = plan_for("ids");
	plan.steps = CLONE3_STEP_GROUPS;
	plan.groups = groups;
	plan.group_count = 2;
	return fault_of_refusal(&plan, *(const bool *)with_groups ? EINVAL : EPERM,
				CLONE3_STEP_GROUPS, 0);
}

static int can_enter(void *with_groups)
{
	return enter(*(const bool *)with_groups);
}

int main(int argc, char **argv)
{
	bool with_groups[] = { false, true };

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	for (int i = 0; i < 2; i++)
		if (apart(can_enter, &with_groups[i]) == 1)
			holds_apart(inside, &with_groups[i],
				    i ? "with setgroups" : "setgroups denied");
		else
			skip(i ? "step_uid_unmapped/groups" : "step_uid_unmapped",
			     "no user namespace here");
	return done();
}
