/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Plans whose id maps a helper thread writes. */
#ifndef IDMAP_H
#define IDMAP_H

#include "spawn_walk.h"

/* The texts differ in length, so that a filter can tell the writes. */
static const struct clone3_id_range idmap_uids[] = { { 0, 0, 1 }, { 1, 100000, 65535 } };
static const struct clone3_id_range idmap_gids[] = { { 0, 0, 1 },
						     { 1, 200000, 1000 },
						     { 5000, 300000, 5 } };
#define IDMAP_DENY "deny"
#define IDMAP_UIDS "0 0 1\n1 100000 65535\n"
#define IDMAP_GIDS "0 0 1\n1 200000 1000\n5000 300000 5\n"

static inline struct clone3_plan plan_with_maps(const char *what)
{
	struct clone3_plan plan = plan_for(what);

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_UID_MAP |
		     CLONE3_STEP_GID_MAP;
	plan.namespaces = CLONE3_NEWUSER;
	plan.uid_map = idmap_uids;
	plan.uid_map_count = sizeof(idmap_uids) / sizeof(idmap_uids[0]);
	plan.gid_map = idmap_gids;
	plan.gid_map_count = sizeof(idmap_gids) / sizeof(idmap_gids[0]);
	return plan;
}

/* False, with a skip, where there is no helper to be tested. */
static inline bool idmap_can_be_tested(const char *name)
{
	const struct clone3_plan plan = plan_with_maps("unused");
	struct clone3_child child;

	if (geteuid() != 0 || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip(name, "needs root");
		return false;
	}
	if (spawn_plan(&plan, &child) != 0) {
		skip(name, "no id may be mapped here");
		return false;
	}
	reap_code(child.pid);
	close(child.pidfd);
	return true;
}

/* A map without the kernel's padding; "" while there is none. Pid 0 is the calling process. */
static inline const char *idmap_of(pid_t pid, const char *name)
{
	static char text[512];
	char path[64];
	unsigned long inside, outside, count;
	size_t length = 0;
	FILE *file;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	else
		snprintf(path, sizeof(path), "/proc/self/%s", name);
	file = fopen(path, "re");
	text[0] = 0;
	while (file && length < sizeof(text) - 64 &&
	       fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3)
		length += (size_t)sprintf(text + length, "%lu %lu %lu\n", inside, outside, count);
	if (file)
		fclose(file);
	return text;
}

#endif
