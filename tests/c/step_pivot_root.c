/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PIVOT_ROOT: the program's root is another mount, the old one is out of reach, and not the host's. */
#include "spawn_namespace.h"

static char directory[] = "/tmp/step-pivot-root-XXXXXX";
static char root[64], proc[80], plain[64];

/* Inside: the new root with its /proc, and nothing of the old one. */
static int program(const char *what)
{
	char here[64] = "";

	(void)what;
	report->value[0] = access("/marker", F_OK) == 0;
	report->value[1] = access("/tmp", F_OK) == 0 || access("/usr", F_OK) == 0;
	report->value[2] = getcwd(here, sizeof(here)) && strcmp(here, "/") == 0;
	/* Where a chroot is left: another root below, and up from outside of that. */
	if (mkdir("below", 0755) == 0 && chroot("below") == 0)
		for (int i = 0; i < 20; i++)
			report->value[4] |= chdir("..") != 0;
	report->value[3] = access("usr", F_OK) == 0 || access("tmp", F_OK) == 0;
	report->value[5] = access("marker", F_OK) == 0;
	if (chroot(".") == 0)
		read_text("/proc/self/mountinfo", report->text, sizeof(report->text));
	return 0;
}

static int lines(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/*
 * The caller: everything is shared, so that what is unmounted in a copy is unmounted here, too; but
 * for one place, from which a root may be taken as it is, and the root there, with its /proc.
 */
static bool be_the_caller(bool ordinary)
{
	if (ordinary && !(be_ordinary() && become_root_of(0)))
		return false;
	if (!be_in_shared_mounts() || mount("none", directory, "tmpfs", 0, NULL) != 0 ||
	    mount("none", directory, NULL, MS_PRIVATE, NULL) != 0 || mkdir(root, 0755) != 0 ||
	    mkdir(plain, 0755) != 0 || mount("none", root, "tmpfs", 0, NULL) != 0 ||
	    mkdir(proc, 0755) != 0 || mount("/proc", proc, NULL, MS_BIND, NULL) != 0 ||
	    chdir(root) != 0)
		return false;
	return close(open("marker", O_CREAT | O_WRONLY | O_CLOEXEC, 0644)) == 0 && chdir("/") == 0;
}

static struct clone3_plan plan_with(uint64_t steps)
{
	struct clone3_plan plan = plan_by_fd_for("root");

	plan.steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_PIVOT_ROOT | steps;
	plan.namespaces = CLONE3_NEWNS;
	plan.pivot_root = root;
	return plan;
}

static const char *pivoted(uint64_t steps)
{
	static char before[16384], after[16384];
	struct clone3_plan plan = plan_with(steps);
	const char *fault;

	read_text("/proc/self/mountinfo", before, sizeof(before));
	fault = fault_of_run(&plan, 0, NULL);
	read_text("/proc/self/mountinfo", after, sizeof(after));
	if (*fault)
		return fault;
	if (strcmp(before, after) != 0)
		return "the caller's mounts are others";
	if (!report->value[0] || !report->value[2])
		return "the program is not in the new root";
	if (report->value[1] || report->value[3])
		return "the old root can be seen";
	if (report->value[4] || !report->value[5])
		return "the way up was not tried";
	if (lines(report->text) != 2 || strstr(report->text, "/usr"))
		return "there are other mounts than the root and its /proc";
	chdir(root);
	rmdir("below");
	chdir("/");
	return "";
}

static const char *all(const void *ordinary)
{
	const char *fault;

	if (!be_the_caller(*(const bool *)ordinary))
		return "no place to try";
	fault = pivoted(0);
	return *fault ? fault : pivoted(CLONE3_STEP_PRIVATE_MOUNTS);
}

/* Each leaves the caller's mounts alone. */
static const char *wrong(const void *ordinary)
{
	const bool is_ordinary = *(const bool *)ordinary;
	const struct {
		const char *root;
		int error;
		uint64_t steps;
	} roots[] = {
		{ "/no/such/directory", ENOENT, 0 },
		{ "", ENOENT, 0 },
		{ "/proc/self/status", ENOTDIR, 0 },
		{ plain, EINVAL, CLONE3_STEP_PRIVATE_MOUNTS }, /* no mount point */
		{ "/proc", EINVAL, 0 },                        /* shared */
		/* Whose namespace is another user's copy, its mounts are locked. */
		{ "/", is_ordinary ? EINVAL : EBUSY, CLONE3_STEP_PRIVATE_MOUNTS },
	};
	static char before[16384], after[16384];
	struct clone3_plan plan;
	const char *fault = "";

	if (!be_the_caller(is_ordinary))
		return "no place to try";
	read_text("/proc/self/mountinfo", before, sizeof(before));
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]) && !*fault; i++) {
		plan = plan_with(roots[i].steps);
		plan.pivot_root = roots[i].root;
		fault = fault_of_refusal(&plan, roots[i].error, CLONE3_STEP_PIVOT_ROOT, 0);
	}
	plan = plan_with(0);
	plan.steps &= ~CLONE3_STEP_EXEC_FD;
	plan.exec_fd = 0;
	plan.path = "/usr/bin/true";
	if (!*fault) /* after the pivot */
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	read_text("/proc/self/mountinfo", after, sizeof(after));
	if (!*fault && strcmp(before, after) != 0)
		return "the caller's mounts are others";
	return fault;
}

static const char *without_rights(const void *unused)
{
	struct clone3_plan plan = plan_with(0);

	(void)unused;
	if (!be_ordinary())
		return "cannot become another user";
	return fault_of_refusal(&plan, EPERM, CLONE3_STEP_NAMESPACES, 0);
}

static void check(void)
{
	struct clone3_plan plan = plan_with(0);

	plan.pivot_root = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_PIVOT_ROOT, 0, "NULL");
	plan.pivot_root = "/";
	plan.steps |= CLONE3_STEP_ROOT;
	plan.root = "/";
	refused(&plan, EINVAL, CLONE3_STEP_PIVOT_ROOT, 0, "beside ROOT");
	plan.steps &= ~CLONE3_STEP_ROOT;
	plan.root = NULL;
	plan.optional = CLONE3_STEP_PIVOT_ROOT;
	refused(&plan, EINVAL, CLONE3_STEP_PIVOT_ROOT, 0, "optional");
}

int main(int argc, char **argv)
{
	const bool no = false, yes = true;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!mkdtemp(directory) || chmod(directory, 0755) != 0) {
		printf("Bail out! no directory\n");
		return 1;
	}
	snprintf(root, sizeof(root), "%s/root", directory);
	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(plain, sizeof(plain), "%s/plain", directory);
	check();
	holds_apart(without_rights, NULL, "without rights there is no namespace for it");
	if (!is_static() || !root_can_change()) {
		skip("step_pivot_root", "needs a static program, and a root that can be changed");
	} else {
		if (has_capability(TEST_CAP_SYS_ADMIN)) {
			holds_apart(all, &no, "as root");
			holds_apart(wrong, &no, "what is no new root, as root");
		} else {
			skip("step_pivot_root/root", "needs CAP_SYS_ADMIN");
		}
		if (ordinary_users_may()) {
			holds_apart(all, &yes, "as an ordinary user");
			holds_apart(wrong, &yes, "what is no new root, as an ordinary user");
		} else {
			skip("step_pivot_root/ordinary", "no user namespaces for ordinary users");
		}
	}
	rmdir(directory);
	return done();
}
