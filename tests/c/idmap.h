/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Plans whose id maps a helper thread writes, and who is who among the tasks that a gate holds. */
#ifndef IDMAP_H
#define IDMAP_H

#include "spawn_gate.h"

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

/* A map as a program would write it, without the kernel's padding; "" while there is none. */
static inline const char *idmap_of(pid_t pid, const char *name)
{
	static char text[512];
	char path[64];
	unsigned long inside, outside, count;
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	file = fopen(path, "re");
	text[0] = 0;
	while (file && length < sizeof(text) - 64 &&
	       fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3)
		length += (size_t)sprintf(text + length, "%lu %lu %lu\n", inside, outside, count);
	if (file)
		fclose(file);
	return text;
}

/* Who makes a call: the helper is a thread of the caller's process. */
enum role { ROLE_CALLER, ROLE_HELPER, ROLE_CHILD };

static inline enum role role_of(const struct gate *gate, pid_t process, pid_t tid)
{
	if (tid == gate->tid)
		return ROLE_CALLER;
	return proc_status(tid, tid, "Tgid", 10) == (uint64_t)process ? ROLE_HELPER : ROLE_CHILD;
}

/*
 * How far a spawn has come, by what the gate was told. Of several children @gate->held is the
 * latest.
 */
struct walk {
	struct gate *gate;
	pid_t process; /* the caller's */
	bool child_waits;
	struct gate_request request; /* that is held */
};

static inline bool waits_in_futex(const struct gate_request *request)
{
	return request->number == SYS_futex && request->arguments[1] == RAW_FUTEX_WAIT;
}

/*
 * Lets everything through up to the @nth call of @role (from 0), which stays held. False: the spawn
 * has returned, or, in another process, nothing came for half a second.
 */
static inline bool walk_to(struct walk *walk, enum role role, int nth)
{
	struct gate *gate = walk->gate;
	uint64_t now, last = now_ns(CLOCK_MONOTONIC);

	while ((now = now_ns(CLOCK_MONOTONIC)) < last + 10000000000ULL) {
		enum role who;

		if (!gate_receive(gate, &walk->request, 10)) {
			if (walk->process == getpid() ?
				    __atomic_load_n(&gate->ended, __ATOMIC_SEQ_CST) != 0 :
				    now > last + 500000000ULL)
				return false;
			continue;
		}
		last = now;
		who = role_of(gate, walk->process, (pid_t)walk->request.pid);
		if (who == ROLE_CHILD) {
			gate->held = (pid_t)walk->request.pid;
			walk->child_waits = waits_in_futex(&walk->request);
		}
		if (who == role && nth-- == 0)
			return true;
		gate_open(gate, &walk->request);
	}
	ok(false, "a spawn hangs");
	return false;
}

#endif
