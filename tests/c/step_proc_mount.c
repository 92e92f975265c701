/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PROC_MOUNT: the program's /proc shows its own pid namespace; the caller's stays as it was. */
#include "spawn_namespace.h"

#include <sys/statvfs.h>

static int program(const char *what)
{
	DIR *directory = opendir("/proc");
	struct statvfs status;
	struct dirent *entry;

	(void)what;
	if (statvfs("/proc", &status) == 0)
		report->value[1] = (int64_t)status.f_flag;
	while (directory && (entry = readdir(directory)))
		report->value[0] += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
	report->value[2] = readlink("/proc/self", report->text, 32);
	report->value[3] = access("/proc/1/status", F_OK) == 0;
	return 0;
}

static struct clone3_plan plan_with(uint64_t kinds)
{
	struct clone3_plan plan = plan_for("proc");

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_PROC_MOUNT;
	plan.namespaces = CLONE3_NEWNS | CLONE3_NEWPID | kinds;
	return plan;
}

static const char *own(const void *ordinary)
{
	static char before[16384], after[16384];
	struct clone3_plan plan;
	struct clone3_child child;
	const char *fault;

	if (*(const bool *)ordinary ? !be_ordinary() : !be_in_shared_mounts())
		return "no place to try";
	plan = plan_with(*(const bool *)ordinary ? CLONE3_NEWUSER : 0);
	read_text("/proc/self/mountinfo", before, sizeof(before));
	fault = fault_of_run(&plan, 0, &child);
	read_text("/proc/self/mountinfo", after, sizeof(after));
	if (*fault)
		return fault;
	if (strcmp(before, after) != 0)
		return "the caller's mounts are others";
	if (report->value[0] != 1 || report->value[2] != 1 || strcmp(report->text, "1") != 0 ||
	    !report->value[3])
		return "the program sees others than itself";
	if ((report->value[1] & (ST_NOSUID | ST_NODEV | ST_NOEXEC)) !=
	    (ST_NOSUID | ST_NODEV | ST_NOEXEC))
		return "it is not nosuid, nodev and noexec";

	/* All the old /proc shows without the step: this test's processes at least. */
	plan.steps &= ~CLONE3_STEP_PROC_MOUNT;
	fault = fault_of_run(&plan, 0, &child);
	return !*fault && report->value[0] < 2 ? "the place would not show it" : fault;
}

/* In a root without /proc. */
static const char *nowhere(const void *unused)
{
	struct clone3_plan plan;
	const char *fault;

	(void)unused;
	if (!be_in_shared_mounts())
		return "no place to try";
	plan = plan_with(0);
	plan.steps |= CLONE3_STEP_ROOT;
	plan.root = "/usr";
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_PROC_MOUNT, 0);
	plan.optional = CLONE3_STEP_PROC_MOUNT;
	return *fault ? fault : fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
}

/* The kernel shows nobody a new /proc who has been shown only a part of the old one. */
static const char *covered(const void *unused)
{
	struct clone3_plan plan;
	struct clone3_child child;
	const char *fault;

	(void)unused;
	if (!be_ordinary() || !become_root_of(CLONE_NEWNS) ||
	    mount("none", "/proc/tty", "tmpfs", 0, NULL) != 0)
		return "no place to try";
	plan = plan_with(CLONE3_NEWUSER);
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_PROC_MOUNT, 0);
	plan.optional = CLONE3_STEP_PROC_MOUNT;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != CLONE3_STEP_PROC_MOUNT)
		return "it is not left out";
	return report->value[0] > 1 ? "" : "there is a new one all the same";
}

int main(int argc, char **argv)
{
	const bool no = false, yes = true;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		holds_apart(own, &no, "as root");
		holds_apart(nowhere, NULL, "in a root without the directory");
	} else {
		skip("step_proc_mount/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may()) {
		holds_apart(own, &yes, "as an ordinary user");
		holds_apart(covered, NULL, "where a part of the old one is covered");
	} else {
		skip("step_proc_mount/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
