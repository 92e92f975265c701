/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* MOUNTS: what the caller prepared is mounted for the program, and for it alone. */
#include "old_kernel.h"
#include "spawn_namespace.h"

static char directory[] = "/tmp/step-mounts-XXXXXX";
static char one[64], two[64], inner[80];

/* What is to be seen at the places. */
static int program(const char *what)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/one/marker", what);
	report->value[0] = access(path, F_OK) == 0;
	snprintf(path, sizeof(path), "%s/two/sub/self", what);
	report->value[1] = access(path, F_OK) == 0;
	snprintf(path, sizeof(path), "%s/one/inner/marker", what);
	report->value[2] = access(path, F_OK) == 0;
	return 0;
}

static bool be_the_caller(bool ordinary)
{
	if (ordinary && !(be_ordinary() && become_root_of(0)))
		return false;
	return be_in_shared_mounts();
}

/* A file system with a file, and a directory to mount on. */
static int marked(void)
{
	int fd = detached_tmpfs();

	close(openat(fd, "marker", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	mkdirat(fd, "inner", 0755);
	mkdirat(fd, "sub", 0755);
	return fd;
}

static struct clone3_plan plan_with(const struct clone3_mount *mounts, size_t count)
{
	struct clone3_plan plan = plan_for(directory);

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_MOUNTS;
	plan.namespaces = CLONE3_NEWNS;
	plan.mounts = mounts;
	plan.mount_count = count;
	return plan;
}

static const char *all(const void *ordinary)
{
	struct clone3_mount mounts[4];
	struct clone3_plan plan;
	struct clone3_child child;
	char before[16384], after[16384], sub[80];
	const char *fault;

	if (!be_the_caller(*(const bool *)ordinary))
		return "no place to try";
	read_text("/proc/self/mountinfo", before, sizeof(before));
	snprintf(sub, sizeof(sub), "%s/sub", two);
	mounts[0] = (struct clone3_mount){ marked(), 0, one };
	mounts[1] = (struct clone3_mount){ marked(), 0, two };
	mounts[2] = (struct clone3_mount){ detached_tree("/proc"), 0, sub };
	mounts[3] = (struct clone3_mount){ marked(), 0, inner };
	if (mounts[0].mount_fd < 0 || mounts[1].mount_fd < 0 || mounts[2].mount_fd < 0)
		return "no mounts to try";
	plan = plan_with(mounts, 4);
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (!report->value[0] || !report->value[1] || !report->value[2])
		return "the program does not see them all";
	read_text("/proc/self/mountinfo", after, sizeof(after));
	if (strcmp(before, after) != 0)
		return "the caller's mounts are others";
	for (int i = 0; i < 4; i++)
		close(mounts[i].mount_fd);

	/* The second of three goes nowhere: the first stays, if the step is optional. */
	mounts[0] = (struct clone3_mount){ marked(), 0, one };
	mounts[1] = (struct clone3_mount){ marked(), 0, "/no/such/place" };
	mounts[2] = (struct clone3_mount){ marked(), 0, two };
	plan = plan_with(mounts, 3);
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_MOUNTS, 1);
	if (*fault)
		return fault;
	close(mounts[0].mount_fd);
	mounts[0] = (struct clone3_mount){ marked(), 0, one };
	plan.optional = CLONE3_STEP_MOUNTS;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != CLONE3_STEP_MOUNTS || !report->value[0] || report->value[1])
		return "what came before it did not stay, or what came after it came";
	read_text("/proc/self/mountinfo", after, sizeof(after));
	return strcmp(before, after) == 0 ? "" : "the caller's mounts are others in the end";
}

/* What is no mount, or is not for here. */
static const char *wrong(const void *ordinary)
{
	struct clone3_mount mounts[2];
	struct clone3_plan plan;
	const char *fault;
	int ends[2], plain;

	if (!be_the_caller(*(const bool *)ordinary) || pipe2(ends, O_CLOEXEC) != 0)
		return "no place to try";
	plain = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
	mounts[0] = (struct clone3_mount){ marked(), 0, one };
	mounts[1] = (struct clone3_mount){ 1000000, 0, two };
	plan = plan_with(mounts, 2);
	fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_MOUNTS, 1);
	mounts[0].mount_fd = marked();
	mounts[1].mount_fd = plain;
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_MOUNTS, 1);
	mounts[0].mount_fd = marked();
	mounts[1].mount_fd = ends[0];
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_MOUNTS, 1);
	mounts[0] = (struct clone3_mount){ marked(), 0, "/proc/self/status" };
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_MOUNTS, 0);
	mounts[0] = (struct clone3_mount){ marked(), 0, "" };
	if (!*fault)
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_MOUNTS, 0);
	return fault;
}

/* Mounts that were to be private and are not would come to the caller's namespace, too. */
static const char *shared_after_all(const void *unused)
{
	struct clone3_mount mounts[1];
	struct clone3_plan plan;
	struct clone3_child child;
	char before[16384], after[16384];
	const char *fault;

	(void)unused;
	if (!be_the_caller(false) || !refuse(SYS_mount, EACCES))
		return "no place to try";
	read_text("/proc/self/mountinfo", before, sizeof(before));
	mounts[0] = (struct clone3_mount){ marked(), 0, one };
	plan = plan_with(mounts, 1);
	plan.optional = CLONE3_STEP_PRIVATE_MOUNTS;
	fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_MOUNTS, 0);
	if (*fault)
		return fault;
	plan.optional |= CLONE3_STEP_MOUNTS;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (child.omitted != plan.optional)
		return "not both are left out";
	read_text("/proc/self/mountinfo", after, sizeof(after));
	return strcmp(before, after) == 0 ? "" : "the caller's mounts are others";
}

static void check(void)
{
	struct clone3_mount mounts[2] = { { 0, 0, "/" }, { -1, 0, "/" } };
	struct clone3_plan plan = plan_with(mounts, 2);

	refused(&plan, EBADF, CLONE3_STEP_MOUNTS, 1, "a negative descriptor");
	mounts[1] = (struct clone3_mount){ 0, 1, "/" };
	refused(&plan, EINVAL, CLONE3_STEP_MOUNTS, 1, "a reserved member");
	mounts[1] = (struct clone3_mount){ 0, 0, NULL };
	refused(&plan, EINVAL, CLONE3_STEP_MOUNTS, 1, "a target that is NULL");
	plan.mount_count = 0;
	refused(&plan, EINVAL, CLONE3_STEP_MOUNTS, 0, "none");
	plan.mounts = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_MOUNTS, 0, "none, and NULL");
	plan.mount_count = SIZE_MAX;
	refused(&plan, EINVAL, CLONE3_STEP_MOUNTS, 0, "NULL");
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
	snprintf(one, sizeof(one), "%s/one", directory);
	snprintf(two, sizeof(two), "%s/two", directory);
	snprintf(inner, sizeof(inner), "%s/inner", one);
	mkdir(one, 0755);
	mkdir(two, 0755);
	check();
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		holds_apart(all, &no, "as root");
		holds_apart(wrong, &no, "what cannot be mounted, as root");
		holds_apart(shared_after_all, NULL, "where PRIVATE_MOUNTS is left out");
	} else {
		skip("step_mounts/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may()) {
		holds_apart(all, &yes, "as an ordinary user");
		holds_apart(wrong, &yes, "what cannot be mounted, as an ordinary user");
	} else {
		skip("step_mounts/ordinary", "no user namespaces for ordinary users");
	}
	rmdir(one);
	rmdir(two);
	rmdir(directory);
	return done();
}
