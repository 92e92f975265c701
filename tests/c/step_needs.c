/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A step whose need is not in the plan, or was left out on the way, is EINVAL of that step and not
 * taken: what was meant for a new namespace does not befall the caller's.
 */
#include "old_kernel.h"
#include "spawn_namespace.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define NAMESPACES CLONE3_STEP_NAMESPACES

static const struct clone3_id_range range[] = { { 7, 7, 1 } };
static struct clone3_mount mounts[] = { { .mount_fd = 0, .target = "/" } };

/* Each step that needs namespaces, with fields that the check accepts. */
static const struct needing {
	uint64_t step;
	uint64_t kinds;
	uint64_t steps; /* that it needs, too */
	struct clone3_plan fields;
} needing[] = {
	{ CLONE3_STEP_DENY_SETGROUPS, CLONE3_NEWUSER, 0, { 0 } },
	{ CLONE3_STEP_UID_MAP, CLONE3_NEWUSER, 0, { .uid_map = range, .uid_map_count = 1 } },
	{ CLONE3_STEP_GID_MAP, CLONE3_NEWUSER, 0, { .gid_map = range, .gid_map_count = 1 } },
	{ CLONE3_STEP_TIME_OFFSETS, CLONE3_NEWTIME, 0, { .monotonic_offset_ns = 1 } },
	{ CLONE3_STEP_PRIVATE_MOUNTS, CLONE3_NEWNS, 0, { 0 } },
	{ CLONE3_STEP_MOUNTS, CLONE3_NEWNS, 0, { .mounts = mounts, .mount_count = 1 } },
	{ CLONE3_STEP_PIVOT_ROOT, CLONE3_NEWNS, 0, { .pivot_root = "/" } },
	{ CLONE3_STEP_PROC_MOUNT, CLONE3_NEWNS | CLONE3_NEWPID, CLONE3_STEP_PRIVATE_MOUNTS, { 0 } },
	{ CLONE3_STEP_HOSTNAME, CLONE3_NEWUTS, 0, { .hostname = "renamed-by-a-test" } },
	{ CLONE3_STEP_LOOPBACK, CLONE3_NEWNET, 0, { 0 } },
};
#define NEEDING (sizeof(needing) / sizeof(needing[0]))

#define ALL_KINDS                                                                                  \
	(CLONE3_NEWCGROUP | CLONE3_NEWIPC | CLONE3_NEWNS | CLONE3_NEWNET | CLONE3_NEWPID |         \
	 CLONE3_NEWTIME | CLONE3_NEWUSER | CLONE3_NEWUTS)

static int program(const char *what)
{
	(void)what;
	return 0;
}

static struct clone3_plan plan_of(const struct needing *needs)
{
	const struct clone3_plan usual = plan_for("needs");
	struct clone3_plan plan = needs->fields;

	plan.size = usual.size;
	plan.path = usual.path;
	plan.argv = usual.argv;
	plan.steps = needs->step | needs->steps | NAMESPACES;
	plan.namespaces = needs->kinds;
	return plan;
}

static bool may_be_optional(uint64_t step)
{
	return step != CLONE3_STEP_PIVOT_ROOT;
}

/* As it is, and as an optional step. */
static void lacks(struct clone3_plan plan, uint64_t step, const char *what)
{
	char text[128];

	snprintf(text, sizeof(text), "%s %s", clone3_step_name(step), what);
	refused(&plan, EINVAL, step, 0, text);
	plan.optional |= step;
	refused(&plan, EINVAL, step, 0, "the same if it is optional");
}

static void not_in_the_plan(void)
{
	for (size_t i = 0; i < NEEDING; i++) {
		const struct needing *needs = &needing[i];
		struct clone3_plan plan = plan_of(needs);

		for (size_t kind = 0; kind < NAMESPACE_KINDS; kind++) {
			if (!(needs->kinds & namespace_kinds[kind].flag))
				continue;
			plan.namespaces = ALL_KINDS & ~namespace_kinds[kind].flag;
			/* It needs a mount namespace, and is found before what needs it. */
			if (needs->steps && namespace_kinds[kind].flag == CLONE3_NEWNS)
				lacks(plan, CLONE3_STEP_PRIVATE_MOUNTS, "without its namespace");
			else
				lacks(plan, needs->step, "without its namespace");
		}
		plan = plan_of(needs);
		plan.steps = needs->step;
		plan.namespaces = 0;
		lacks(plan, needs->step, "without NAMESPACES");
		if (!needs->steps)
			continue;
		plan = plan_of(needs);
		plan.steps &= ~needs->steps;
		lacks(plan, needs->step, "without the step it needs");
	}
}

/* EMPTY_MNTNS is a mount namespace, too: refused by this kernel or not, but not by the check. */
static void empty_is_enough(void)
{
	struct clone3_plan plan = plan_for("needs");
	struct clone3_child child;

	plan.steps = NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS;
	plan.namespaces = CLONE3_EMPTY_MNTNS;
	spawn_plan(&plan, &child);
	if (child.pidfd >= 0) {
		clone3_pidfd_wait(child.pidfd, 0, NULL);
		close(child.pidfd);
	}
	ok(child.failed_step != CLONE3_STEP_PRIVATE_MOUNTS, "an empty mount namespace is one");
}

/* What the steps would change, were they taken here. */
struct place {
	char name[80];
	char uid_map[64], gid_map[64], setgroups[16];
	char mounts[16384];
	int mount_count;
	short loopback_flags;
};

static void look(struct place *place)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(place, 0, sizeof(*place));
	gethostname(place->name, sizeof(place->name) - 1);
	read_text("/proc/self/uid_map", place->uid_map, sizeof(place->uid_map));
	read_text("/proc/self/gid_map", place->gid_map, sizeof(place->gid_map));
	read_text("/proc/self/setgroups", place->setgroups, sizeof(place->setgroups));
	read_text("/proc/self/mountinfo", place->mounts, sizeof(place->mounts));
	place->mount_count = mount_count();
	ioctl(fd, SIOCGIFFLAGS, &request);
	place->loopback_flags = request.ifr_flags;
	close(fd);
}

/* All rights over namespaces of its own, and no way to another one. */
static bool be_where_nothing_is_new(void)
{
	static const char *const kinds[] = { "cgroup", "ipc", "mnt", "net", "pid", "user", "uts" };
	bool set = be_ordinary() &&
		   become_root_of(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWIPC) &&
		   mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		   mount("none", "/", NULL, MS_REC | MS_SHARED, NULL) == 0;

	/* Detached mounts are in a namespace of their own, which counts. */
	mounts[0].mount_fd = detached_tree("/proc");
	mounts[0].target = "/proc";
	set = set && mounts[0].mount_fd >= 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && set; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", kinds[i]);
		set = write_text(path, "0");
	}
	if (access("/proc/sys/user/max_time_namespaces", F_OK) == 0)
		set = set && write_text("/proc/sys/user/max_time_namespaces", "0");
	return set;
}

static const char *fault_of_omission(const struct needing *needs)
{
	static char fault[700];
	static struct place before, after;
	struct clone3_plan plan = plan_of(needs);
	struct clone3_child child;
	const char *name = clone3_step_name(needs->step);

	look(&before);
	plan.optional = NAMESPACES | needs->steps;
	snprintf(fault, sizeof(fault), "%s", fault_of_refusal(&plan, EINVAL, needs->step, 0));
	plan.optional |= needs->step;
	if (!fault[0] && may_be_optional(needs->step)) {
		snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
		if (!fault[0] && child.omitted != plan.optional)
			snprintf(fault, sizeof(fault), "omitted are %llx",
				 (unsigned long long)child.omitted);
	}
	look(&after);
	if (!fault[0] && memcmp(&before, &after, sizeof(before)) != 0)
		snprintf(fault, sizeof(fault), "it was taken all the same");
	if (fault[0]) {
		static char text[800];

		snprintf(text, sizeof(text), "%s: %s", name, fault);
		return text;
	}
	return "";
}

static const char *left_out(const void *unused)
{
	const char *fault = "";
	struct place place;

	(void)unused;
	if (!be_where_nothing_is_new())
		return "no place to try";
	look(&place);
	if (place.loopback_flags & IFF_UP || !strstr(place.mounts, "shared:"))
		return "the place would not show it";
	for (size_t i = 0; i < NEEDING && !*fault; i++)
		fault = fault_of_omission(&needing[i]);
	/* The place does show it. */
	if (!*fault && (sethostname("here", 4) != 0 ||
			mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0))
		return "the place had no rights";
	return fault;
}

/* Between two steps of the child: mounts stay shared, and so no /proc is mounted. */
static const char *mounts_left_shared(const void *kinds)
{
	struct clone3_plan plan = plan_for("needs");
	struct clone3_child child;
	const char *fault;

	if (*(const uint64_t *)kinds && !be_ordinary())
		return "cannot become another user";
	if (!refuse_if(SYS_mount, 3, 0xffffffffU, MS_REC | MS_PRIVATE, EDOM))
		return "no filter";
	plan.steps = NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_PROC_MOUNT;
	plan.namespaces = CLONE3_NEWNS | CLONE3_NEWPID | *(const uint64_t *)kinds;
	fault = fault_of_refusal(&plan, EDOM, CLONE3_STEP_PRIVATE_MOUNTS, 0);
	plan.optional = CLONE3_STEP_PRIVATE_MOUNTS;
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_PROC_MOUNT, 0);
	plan.optional |= CLONE3_STEP_PROC_MOUNT;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	return *fault || child.omitted == plan.optional ? fault : "they are not left out";
}

/*
 * All of the machine's rights, but for its name: what the kernel does not know takes the whole step
 * with it.
 */
static const char *unknown_kind(const void *unused)
{
	struct clone3_plan plan = plan_for("needs");
	struct clone3_child child;
	char before[80] = "", after[80] = "";
	const char *fault;

	(void)unused;
	if (unshare(CLONE_NEWUTS) != 0)
		return "no place to try";
	gethostname(before, sizeof(before));
	plan.steps = NAMESPACES | CLONE3_STEP_HOSTNAME | CLONE3_STEP_UMASK;
	plan.namespaces = CLONE3_NEWUTS | CLONE3_EMPTY_MNTNS;
	plan.hostname = "renamed-by-a-test";
	plan.optional = NAMESPACES;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_HOSTNAME, 0);
	plan.optional |= CLONE3_STEP_HOSTNAME;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	gethostname(after, sizeof(after));
	if (*fault)
		return fault;
	if (child.omitted != plan.optional)
		return "they are not left out";
	return strcmp(before, after) == 0 ? "" : "the machine has another name";
}

int main(int argc, char **argv)
{
	const uint64_t none = 0, user = CLONE3_NEWUSER;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	not_in_the_plan();
	empty_is_enough();
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		holds_apart(mounts_left_shared, &none, "as root, mounts that stay shared");
		if (!(support_here().flags & CLONE3_EMPTY_MNTNS))
			holds_apart(unknown_kind, NULL, "as root, a kind that is unknown");
	} else {
		skip("step_needs/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may()) {
		holds_apart(left_out, NULL,
			    "no new namespace, and all rights over those there are");
		holds_apart(mounts_left_shared, &user, "mounts that stay as they are");
	} else {
		skip("step_needs/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
