/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PRIVATE_MOUNTS: what the program mounts does not reach the caller, though all was shared. */
#include "spawn_namespace.h"

static int program(const char *what)
{
	static char mounts[65536];

	(void)what;
	report->value[0] = mount("none", "/tmp", "tmpfs", 0, NULL);
	read_text("/proc/self/mountinfo", mounts, sizeof(mounts));
	report->value[1] = strstr(mounts, " shared:") != NULL;
	report->value[2] = strstr(mounts, " master:") != NULL;
	return 0;
}

/* The caller: root of its namespace, with everything shared. */
static bool be_the_caller(bool ordinary)
{
	if (ordinary && !(be_ordinary() && become_root_of(0)))
		return false;
	return be_in_shared_mounts();
}

static const char *private(const void *ordinary)
{
	struct clone3_plan plan;
	char before[16384], after[16384];
	const char *fault;
	int count;

	if (!be_the_caller(*(const bool *)ordinary))
		return "no place to try";
	plan = plan_for("mounts");
	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS;
	plan.namespaces = CLONE3_NEWNS;
	read_text("/proc/self/mountinfo", before, sizeof(before));
	fault = fault_of_run(&plan, 0, NULL);
	read_text("/proc/self/mountinfo", after, sizeof(after));
	if (*fault)
		return fault;
	if (report->value[0] != 0)
		return "the program cannot mount";
	if (report->value[1] || report->value[2])
		return "the program's mounts still hear of others";
	if (strcmp(before, after) != 0)
		return "the caller's mounts are others";

	/* Without the step, this does reach the caller. */
	plan.steps = CLONE3_STEP_NAMESPACES;
	count = mount_count();
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	return mount_count() == count + 1 ? "" : "the place would not show it";
}

/* A root that is no mount point: there is nothing that could be made private. */
static const char *without_a_mount(const void *directory)
{
	struct clone3_plan plan = plan_by_fd_for("no mount");
	struct clone3_child child;
	const char *fault;

	if (!be_the_caller(false) || chdir(directory) != 0 ||
	    mount("/proc", "proc", NULL, MS_BIND, NULL) != 0 || chroot(".") != 0)
		return "no place to try";
	plan.steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS;
	plan.namespaces = CLONE3_NEWNS;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_PRIVATE_MOUNTS, 0);
	plan.optional = CLONE3_STEP_PRIVATE_MOUNTS;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == CLONE3_STEP_PRIVATE_MOUNTS ? "" : "it is not left out";
}

int main(int argc, char **argv)
{
	const bool no = false, yes = true;
	char directory[] = "/tmp/step-private-mounts-XXXXXX";
	char proc[64];

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!mkdtemp(directory)) {
		printf("Bail out! no directory\n");
		return 1;
	}
	snprintf(proc, sizeof(proc), "%s/proc", directory);
	mkdir(proc, 0755);
	if (has_capability(TEST_CAP_SYS_ADMIN))
		holds_apart(private, &no, "as root");
	else
		skip("step_private_mounts/root", "needs CAP_SYS_ADMIN");
	if (!ordinary_users_may())
		skip("step_private_mounts/ordinary", "no user namespaces for ordinary users");
	else
		holds_apart(private, &yes, "as an ordinary user");
	if (!is_static() || !has_capability(18 /* CAP_SYS_CHROOT */))
		skip("step_private_mounts/chroot", "needs CAP_SYS_CHROOT and a static program");
	else
		holds_apart(without_a_mount, directory, "in a root that is no mount point");
	rmdir(proc);
	rmdir(directory);
	return done();
}
