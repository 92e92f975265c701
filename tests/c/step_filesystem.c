/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ROOT, CWD, CWD_FD: the program's root and directory, and who may set them. */
#include "spawn.h"

static int program(const char *what)
{
	struct stat root, here;

	(void)what;
	if (stat("/", &root) != 0 || stat(".", &here) != 0)
		return 1;
	report->value[0] = (int64_t)root.st_ino;
	report->value[1] = (int64_t)here.st_ino;
	return 0;
}

static int64_t inode(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (int64_t)status.st_ino : -1;
}

static const char *as_nobody(const void *plan)
{
	if (!be_nobody())
		return "cannot become another user";
	return fault_of_refusal(plan, EPERM, CLONE3_STEP_ROOT, 0);
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/step-filesystem-XXXXXX";
	char inner[64];
	struct clone3_plan plan;
	int ends[2];

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	pipe2(ends, O_CLOEXEC);
	if (!mkdtemp(directory)) {
		printf("Bail out! no directory\n");
		return 1;
	}
	chmod(directory, 0755);
	snprintf(inner, sizeof(inner), "%s/inner", directory);
	mkdir(inner, 0700);

	plan = plan_by_fd_for("root"); /* there is no program inside that root */
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = directory;
	runs(&plan, 0, "CWD");
	is(report->value[1], inode(directory), "the program starts there");
	plan.cwd = "/no/such/directory";
	refused(&plan, ENOENT, CLONE3_STEP_CWD, 0, "one that is not there");
	plan.cwd = "/proc/self/status";
	refused(&plan, ENOTDIR, CLONE3_STEP_CWD, 0, "a file");
	plan.cwd = "";
	refused(&plan, ENOENT, CLONE3_STEP_CWD, 0, "an empty name");
	plan.cwd = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_CWD, 0, "NULL");

	int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

	plan.steps ^= CLONE3_STEP_CWD | CLONE3_STEP_CWD_FD;
	plan.cwd_fd = fd;
	runs(&plan, 0, "CWD_FD");
	is(report->value[1], inode(directory), "the program starts there");
	plan.cwd_fd = ends[0];
	refused(&plan, ENOTDIR, CLONE3_STEP_CWD_FD, 0, "a pipe");
	plan.cwd_fd = 1000000;
	refused(&plan, EBADF, CLONE3_STEP_CWD_FD, 0, "not open");
	plan.cwd_fd = -1;
	refused(&plan, EBADF, CLONE3_STEP_CWD_FD, 0, "negative");
	plan.cwd_fd = fd;
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = "/";
	refused(&plan, EINVAL, CLONE3_STEP_CWD_FD, 0, "beside CWD");

	plan = plan_by_fd_for("root");
	plan.steps |= CLONE3_STEP_ROOT;
	plan.root = directory;
	if (!has_capability(18 /* CAP_SYS_CHROOT */)) {
		skip("step_filesystem/root", "needs CAP_SYS_CHROOT");
	} else if (!is_static()) {
		skip("step_filesystem/root", "there are no shared libraries inside");
	} else {
		runs(&plan, 0, "ROOT");
		ok(report->value[0] == inode(directory) && report->value[1] == inode(directory),
		   "root and directory are that one");
		plan.steps |= CLONE3_STEP_CWD;
		plan.cwd = "/inner";
		runs(&plan, 0, "CWD inside of it");
		is(report->value[1], inode(inner), "counts from the new root");
		plan.steps |= CLONE3_STEP_UID;
		plan.uid = 65534;
		refused(&plan, EACCES, CLONE3_STEP_CWD, 0, "CWD is entered as the new user");
		plan = plan_for("root");
		plan.steps = CLONE3_STEP_ROOT;
		plan.root = directory;
		refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "the program is looked for in it");
		plan.root = "/no/such/directory";
		refused(&plan, ENOENT, CLONE3_STEP_ROOT, 0, "one that is not there");
		plan.root = directory;
		holds_apart(as_nobody, &plan, "EPERM without CAP_SYS_CHROOT");
	}
	plan.root = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_ROOT, 0, "NULL");
	rmdir(inner);
	rmdir(directory);
	return done();
}
