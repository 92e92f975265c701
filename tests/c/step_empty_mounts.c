/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* MOUNTS in an empty mount namespace (EMPTY_MNTNS): what is mounted on "/" is all there is at "/..". */
#include "spawn_namespace.h"

static int program(const char *what)
{
	DIR *root = opendir("/");
	struct dirent *entry;

	(void)what;
	while (root && (entry = readdir(root)))
		report->value[0] += entry->d_name[0] != '.';
	report->value[1] = access("/marker", F_OK) == 0;
	report->value[2] = access("/sub/marker", F_OK) == 0;
	report->value[3] = mount_count();
	report->value[4] = getpid();
	return 0;
}

static int marked_tmpfs(void)
{
	int fd = detached_tmpfs();

	close(openat(fd, "marker", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	mkdirat(fd, "proc", 0755);
	mkdirat(fd, "sub", 0755);
	return fd;
}

/* The tree is the program's root, and there is a mount below it. */
static const char *fault_of_tree(uint64_t kinds, uint64_t steps, int64_t mounts)
{
	static char before[16384], after[16384];
	struct clone3_mount mount[] = { { marked_tmpfs(), 0, "/" },
					{ marked_tmpfs(), 0, "/../sub" } };
	struct clone3_plan plan = plan_by_fd_for("empty");
	const char *fault;

	plan.steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_MOUNTS | CLONE3_STEP_ROOT | steps;
	plan.namespaces = CLONE3_EMPTY_MNTNS | kinds;
	plan.mounts = mount;
	plan.mount_count = 2;
	plan.root = "/..";
	report_clear();
	read_text("/proc/self/mountinfo", before, sizeof(before));
	fault = fault_of_run(&plan, 0, NULL);
	read_text("/proc/self/mountinfo", after, sizeof(after));
	close(mount[0].mount_fd);
	close(mount[1].mount_fd);
	if (*fault)
		return fault;
	if (strcmp(before, after) != 0)
		return "the caller's mounts are others";
	if (report->value[0] != 3 || !report->value[1] || !report->value[2])
		return "it sees other files";
	return report->value[3] == mounts ? "" : "it sees other mounts";
}

static const char *trees(const void *kinds_pointer)
{
	const uint64_t kinds = *(const uint64_t *)kinds_pointer;
	const char *fault = "";

	/* Who prepares detached mounts needs rights over a mount namespace. */
	if (kinds && (!be_ordinary() || !become_root_of(CLONE_NEWNS)))
		return "no place to try";
	fault = fault_of_tree(kinds, 0, 0);
	if (!*fault)
		fault = fault_of_tree(kinds | CLONE3_NEWNS, CLONE3_STEP_PRIVATE_MOUNTS, 0);
	return fault;
}

/* The two mounts and /proc itself, which shows them. */
static const char *with_proc(const void *unused)
{
	const char *fault = fault_of_tree(CLONE3_NEWPID,
					  CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_PROC_MOUNT, 3);

	(void)unused;
	return *fault || report->value[4] == 1 ? fault : "it is not the first process";
}

/* The empty root stays below what is mounted on it: it cannot be put aside. */
static const char *pivot(const void *where)
{
	struct clone3_mount mount = { marked_tmpfs(), 0, "/" };
	struct clone3_plan plan = plan_by_fd_for("empty");
	const char *fault;

	plan.steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_MOUNTS | CLONE3_STEP_PIVOT_ROOT;
	plan.namespaces = CLONE3_EMPTY_MNTNS;
	plan.mounts = &mount;
	plan.mount_count = 1;
	plan.pivot_root = where;
	fault = fault_of_refusal(&plan, strcmp(where, "/") == 0 ? EBUSY : EINVAL,
				 CLONE3_STEP_PIVOT_ROOT, 0);
	close(mount.mount_fd);
	return fault;
}

int main(int argc, char **argv)
{
	const uint64_t none = 0, user = CLONE3_NEWUSER;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!is_static() || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("step_empty_mounts", "needs CAP_SYS_ADMIN and a static program");
		return done();
	}
	if (!(support_here().flags & CLONE3_EMPTY_MNTNS)) {
		ok(strcmp(fault_of_tree(0, 0, 0),
			  "result -22, error 22, step namespaces, index 0") == 0,
		   "before Linux 7.1: -EINVAL");
		return done();
	}
	holds_apart(trees, &none, "as root");
	holds_apart(with_proc, NULL, "with a /proc of its own");
	holds_apart(pivot, "/", "PIVOT_ROOT of the empty root");
	holds_apart(pivot, "/..", "PIVOT_ROOT of what is on it");
	if (ordinary_users_may())
		holds_apart(trees, &user, "as an ordinary user");
	else
		skip("step_empty_mounts/ordinary", "no user namespaces for ordinary users");
	return done();
}
