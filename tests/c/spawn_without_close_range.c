/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Without close_range CLOSE_OTHERS walks the list of descriptors: the program sees the same. */
#include "old_kernel.h"
#include "spawn.h"

#include <sys/mount.h>

#define DESCRIPTORS 1000

/* The program counts what is open above 2, /proc or not. */
static int program(const char *what)
{
	(void)what;
	for (int fd = 3; fd < 2 * DESCRIPTORS; fd++)
		report->value[0] += fcntl(fd, F_GETFD) >= 0;
	report->value[1] = fcntl(700, F_GETFD) == 0;
	report->value[2] = access("/proc/self", F_OK) == 0;
	return 0;
}

enum way { MISSING, NOT_PERMITTED, INVALID, NO_CLOEXEC };

static const struct {
	enum way way;
	const char *name;
} ways[] = {
	{ MISSING, "ENOSYS" },
	{ NOT_PERMITTED, "EPERM" },
	{ INVALID, "EINVAL" },
	{ NO_CLOEXEC, "without CLOSE_RANGE_CLOEXEC" },
};

static bool refuse_close_range(enum way way)
{
	if (way == NO_CLOEXEC)
		return refuse_if(SYS_close_range, 2, 4, 4, EINVAL);
	return refuse(SYS_close_range, way == MISSING       ? ENOSYS :
				       way == NOT_PERMITTED ? EPERM :
							      EINVAL);
}

/* Half of them would stay open at exec. */
static bool open_many(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (int fd = 100; fd < 100 + DESCRIPTORS; fd++)
		if (fd != report_fd && dup3(0, fd, fd % 2 ? O_CLOEXEC : 0) != fd)
			return false;
	return true;
}

static int close_on_exec(void)
{
	int count = 0;

	for (int fd = 100; fd < 100 + DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) == FD_CLOEXEC;
	return count;
}

static struct clone3_plan closing_plan(void)
{
	static struct clone3_fd map[2];
	struct clone3_plan plan = plan_by_fd_for("count");

	map[0] = (struct clone3_fd){ report_fd, report_fd };
	map[1] = (struct clone3_fd){ 101, 700 };
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS | CLONE3_STEP_FDS;
	plan.fds = map;
	plan.fd_count = 2;
	return plan;
}

static const char *sees_right(const struct clone3_plan *plan)
{
	struct clone3_child child;
	const char *fault = fault_of_run(plan, 0, &child);

	if (fault[0])
		return fault;
	if (report->value[0] != 2 || report->value[1] != 1)
		return "the program sees other descriptors";
	if (child.emulated != CLONE3_STEP_CLOSE_OTHERS)
		return "it is not reported as emulated";
	return close_on_exec() == DESCRIPTORS / 2 ? "" : "the caller's descriptors changed";
}

static const char *closes(const void *argument)
{
	struct clone3_plan plan = closing_plan();
	const enum way *way = argument;

	if (!open_many() || !refuse_close_range(*way))
		return "cannot be set up";
	return sees_right(&plan);
}

/* In a root without /proc: the list is read before. */
static const char *closes_in_root(const void *argument)
{
	struct clone3_plan plan = closing_plan();
	const enum way *way = argument;
	char directory[] = "/tmp/libclone3-root-XXXXXX";
	const char *fault;

	if (!mkdtemp(directory) || !open_many() || !refuse_close_range(*way))
		return "cannot be set up";
	plan.steps |= CLONE3_STEP_ROOT;
	plan.root = directory;
	fault = sees_right(&plan);
	rmdir(directory);
	return !fault[0] && report->value[2] ? "it sees /proc" : fault;
}

/* There is no list: an error, and never a program that sees what it should not. */
static const char *fails_without_proc(const void *argument)
{
	struct clone3_plan plan = closing_plan();
	struct clone3_child child = child_record();
	const enum way *way = argument;
	int result;

	if (syscall(SYS_unshare, CLONE3_NEWNS) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    umount2("/proc", MNT_DETACH) != 0 || !open_many() || !refuse_close_range(*way))
		return "cannot be set up";
	result = clone3_spawn(&plan, &child);
	if (result != -ENOENT || child.failed_step != CLONE3_STEP_CLOSE_OTHERS || child.pid != -1 ||
	    child.pidfd != -1)
		return "another answer than ENOENT of close_others";
	return has_no_child() ? "" : "a child is left";
}

int main(int argc, char **argv)
{
	bool root = geteuid() == 0 && is_static();
	char name[128];
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	state_take(&before);
	if (!root || !has_capability(TEST_CAP_SYS_ADMIN))
		skip("spawn_without_close_range/root", "needs root, and a static program");
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		snprintf(name, sizeof(name), "%s: others are closed", ways[i].name);
		holds_apart(closes, &ways[i].way, name);
		if (!root || !has_capability(TEST_CAP_SYS_ADMIN))
			continue;
		snprintf(name, sizeof(name), "%s: also in another root", ways[i].name);
		holds_apart(closes_in_root, &ways[i].way, name);
		snprintf(name, sizeof(name), "%s: an error without /proc", ways[i].name);
		holds_apart(fails_without_proc, &ways[i].way, name);
	}
	nothing_left(&before, "without close_range");
	return done();
}
