/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A container from data alone, by a caller without privileges: a root of tmpfs with pieces of the
 * system in it, its own /proc, first of its processes; nothing else can be seen, nothing is left.
 */
#include "spawn_namespace.h"

static char directory[] = "/tmp/spawn-container-XXXXXX";
static char target[3][64];

static int entries(const char *path, char *names, size_t size)
{
	DIR *opened = opendir(path);
	struct dirent *entry;
	int count = 0;

	names[0] = 0;
	while (opened && (entry = readdir(opened))) {
		if (entry->d_name[0] == '.')
			continue;
		count++;
		strncat(names, entry->d_name, size - strlen(names) - 2);
		strncat(names, " ", size - strlen(names) - 1);
	}
	if (opened)
		closedir(opened);
	return count;
}

static int program(const char *what)
{
	DIR *opened = opendir("/proc");
	struct dirent *entry;
	char names[512];

	report->value[0] = getpid();
	report->value[1] = getuid();
	report->value[2] = getgid();
	while (opened && (entry = readdir(opened)))
		report->value[3] += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
	report->value[4] = entries("/", names, sizeof(names));
	report->value[5] = access("/usr/bin", F_OK) == 0;
	report->value[6] = mount_count();
	report->value[7] = access("/etc/marker", F_OK) == 0;
	report->value[8] = close(open("/written", O_CREAT | O_WRONLY | O_CLOEXEC, 0644)) == 0;
	gethostname(report->text, 64);
	namespaces_here(&report->value[16]);
	return strcmp(what, "container") == 0 ? 7 : 8;
}

/* What the caller prepares: three detached mounts. */
static bool prepare(struct clone3_mount *mounts)
{
	int root = detached_tmpfs();
	int etc = detached_tmpfs();

	close(openat(etc, "marker", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	mounts[0] = (struct clone3_mount){ root, 0, target[0] };
	mounts[1] = (struct clone3_mount){ detached_tree("/usr"), 0, target[1] };
	mounts[2] = (struct clone3_mount){ etc, 0, target[2] };
	return mkdirat(root, "usr", 0755) == 0 && mkdirat(root, "etc", 0755) == 0 &&
	       mkdirat(root, "proc", 0755) == 0 && mounts[1].mount_fd >= 0 &&
	       mounts[2].mount_fd >= 0;
}

static struct clone3_plan plan_with(const struct clone3_mount *mounts)
{
	struct clone3_plan plan = plan_by_fd_for("container");

	plan.steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_MOUNTS |
		      CLONE3_STEP_PIVOT_ROOT | CLONE3_STEP_PROC_MOUNT | CLONE3_STEP_HOSTNAME;
	plan.namespaces = CLONE3_NEWNS | CLONE3_NEWPID | CLONE3_NEWUTS | CLONE3_NEWIPC;
	plan.mounts = mounts;
	plan.mount_count = 3;
	plan.pivot_root = directory;
	plan.hostname = "container";
	return plan;
}

static const char *fault_of_container(const struct clone3_plan *plan, int64_t id)
{
	static char before[16384], after[16384];
	const char *fault;

	read_text("/proc/self/mountinfo", before, sizeof(before));
	fault = fault_of_run(plan, 7, NULL);
	read_text("/proc/self/mountinfo", after, sizeof(after));
	if (*fault)
		return fault;
	if (strcmp(before, after) != 0)
		return "the caller's mounts are others";
	if (report->value[0] != 1 || report->value[1] != id || report->value[2] != id)
		return "the program is not the first process, or another user's";
	if (report->value[3] != 1)
		return "it sees other processes";
	if (report->value[4] != 3 || report->value[6] != 4)
		return "its root has more or less than was put there";
	if (!report->value[5] || !report->value[7] || !report->value[8])
		return "what was put there does not work";
	if (strcmp(report->text, "container") != 0)
		return "it has another name";
	return access(target[1], F_OK) == 0 ? "the caller's tree changed" : "";
}

/* The caller is root of a user and a mount namespace of its own: else nothing can be prepared. */
static const char *container(const void *nested)
{
	struct clone3_mount mounts[3];
	struct clone3_plan plan;
	const char *fault;

	if (!be_ordinary() || !become_root_of(CLONE_NEWNS))
		return "no place to try";
	for (int i = 0; i < 2; i++) {
		if (!prepare(mounts))
			return "no mounts to try";
		plan = plan_with(mounts);
		if (*(const bool *)nested)
			plan.namespaces |= CLONE3_NEWUSER;
		fault = fault_of_container(&plan, *(const bool *)nested ? 65534 : 0);
		for (int j = 0; j < 3; j++)
			close(mounts[j].mount_fd);
		if (*fault)
			return fault;
	}

	/* A failure late on the way leaves the caller's tree alone, too. */
	if (!prepare(mounts))
		return "no mounts to try";
	plan = plan_with(mounts);
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = directory; /* which is not in the new root */
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_CWD, 0);
	return *fault || access(target[1], F_OK) != 0 ? fault : "the caller's tree changed";
}

int main(int argc, char **argv)
{
	const bool no = false, yes = true;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!is_static() || !ordinary_users_may() || !root_can_change()) {
		skip("spawn_container",
		     "needs a static program, user namespaces for ordinary users, "
		     "and a root that can be changed");
		return done();
	}
	if (!mkdtemp(directory) || chmod(directory, 0755) != 0) {
		printf("Bail out! no directory\n");
		return 1;
	}
	snprintf(target[0], sizeof(target[0]), "%s", directory);
	snprintf(target[1], sizeof(target[1]), "%s/usr", directory);
	snprintf(target[2], sizeof(target[2]), "%s/etc", directory);
	holds_apart(container, &no, "root, tree, /proc, name and number of its own");
	holds_apart(container, &yes, "and a user namespace of its own, without maps");
	rmdir(directory);
	return done();
}
