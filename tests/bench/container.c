/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What it costs an unprivileged user to run a program in a root of its own: a tmpfs with /usr in it,
 * a new pid namespace and a fresh /proc; by a plan, and by bubblewrap, in turn:
 *
 *   container [ROUNDS]
 *
 * The plan's caller is in a user and mount namespace of its own, as detached mounts are for those who
 * may mount. It makes them anew for each program.
 */
#include "../c/task.h"

#include <linux/mount.h>
#include <sched.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define MOST_ROUNDS 5000

static double samples[2][MOST_ROUNDS];

static const char *const links[][2] = { { "usr/bin", "bin" },
					{ "usr/lib", "lib" },
					{ "usr/lib64", "lib64" } };

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int checked(long result, const char *what)
{
	if (result < 0)
		die(what);
	return (int)result;
}

static int tmpfs(void)
{
	int filesystem = checked(syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), "fsopen");
	int mounted;

	checked(syscall(SYS_fsconfig, filesystem, FSCONFIG_CMD_CREATE, 0UL, 0UL, 0UL), "fsconfig");
	mounted = checked(syscall(SYS_fsmount, filesystem, FSMOUNT_CLOEXEC, 0UL), "fsmount");
	close(filesystem);
	checked(mkdirat(mounted, "usr", 0755), "usr");
	checked(mkdirat(mounted, "proc", 0755), "proc");
	for (int i = 0; i < COUNT(links); i++)
		checked(symlinkat(links[i][0], mounted, links[i][1]), links[i][1]);
	return mounted;
}

static void run(const struct clone3_plan *plan)
{
	struct clone3_child child = { .size = sizeof(child) };
	struct clone3_exit end;

	if (clone3_spawn(plan, &child) < 0) {
		errno = child.error;
		die(clone3_step_name(child.failed_step));
	}
	if (clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.wait_status != 0)
		die("the program failed");
	close(child.pidfd);
}

static void run_by_plan(void)
{
	const char *argv[] = { "true", NULL };
	int usr = checked(syscall(SYS_open_tree, AT_FDCWD, "/usr",
				  OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
			  "open_tree");
	const struct clone3_mount mounts[] = { { tmpfs(), 0, "/tmp" }, { usr, 0, "/tmp/usr" } };
	const struct clone3_plan plan = {
		.size = sizeof(plan),
		.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_MOUNTS |
			 CLONE3_STEP_PIVOT_ROOT | CLONE3_STEP_PROC_MOUNT |
			 CLONE3_STEP_PARENT_DEATH_SIGNAL,
		.path = "/usr/bin/true",
		.argv = argv,
		.namespaces = CLONE3_NEWNS | CLONE3_NEWPID,
		.mounts = mounts,
		.mount_count = COUNT(mounts),
		.pivot_root = "/tmp",
		.parent_death_signal = SIGKILL,
	};

	run(&plan);
	for (int i = 0; i < COUNT(mounts); i++)
		close(mounts[i].mount_fd);
}

static void run_by_bubblewrap(void)
{
	const char *argv[] = { "bwrap",   "--unshare-user", "--unshare-pid", "--die-with-parent",
			       "--bind",  "/usr",           "/usr",          "--symlink",
			       "usr/bin", "/bin",           "--symlink",     "usr/lib",
			       "/lib",    "--symlink",      "usr/lib64",     "/lib64",
			       "--proc",  "/proc",          "/usr/bin/true", NULL };
	const struct clone3_plan plan = { .size = sizeof(plan),
					  .path = "/usr/bin/bwrap",
					  .argv = argv };

	run(&plan);
}

static int is_more(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static void enter_namespaces(void)
{
	char map[64];
	const struct {
		const char *file;
		unsigned int id;
	} maps[] = { { "/proc/self/setgroups", 0 },
		     { "/proc/self/uid_map", geteuid() },
		     { "/proc/self/gid_map", getegid() } };

	checked(unshare(CLONE3_NEWUSER | CLONE3_NEWNS), "unshare");
	for (int i = 0; i < COUNT(maps); i++) {
		int fd = checked(open(maps[i].file, O_WRONLY | O_CLOEXEC), maps[i].file);

		snprintf(map, sizeof(map), i ? "0 %u 1\n" : "deny", maps[i].id);
		checked(write(fd, map, strlen(map)), maps[i].file);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 300;
	bool has_bubblewrap = access("/usr/bin/bwrap", X_OK) == 0;

	if (rounds < 10 || rounds > MOST_ROUNDS) {
		fprintf(stderr, "usage: %s [ROUNDS, 10 to %d]\n", argv[0], MOST_ROUNDS);
		return 2;
	}
	if (!has_bubblewrap)
		printf("bubblewrap is not installed.\n");
	if (geteuid() == 0 && !become_nobody())
		die("nobody");
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	enter_namespaces();
	for (int round = -rounds / 10; round < rounds; round++)
		for (int way = 0; way <= has_bubblewrap; way++) {
			uint64_t begin = now_ns(CLOCK_MONOTONIC);

			if (way)
				run_by_bubblewrap();
			else
				run_by_plan();
			if (round >= 0)
				samples[way][round] = (double)(now_ns(CLOCK_MONOTONIC) - begin) /
						      1e3;
		}
	for (int way = 0; way <= has_bubblewrap; way++) {
		qsort(samples[way], (size_t)rounds, sizeof(double), is_more);
		printf("%-24s %9.1f us (median of %d)\n",
		       way ? "container by bubblewrap" : "container by plan",
		       samples[way][rounds / 2], rounds);
	}
	if (has_bubblewrap)
		printf("ratio of medians: %.3f\n", samples[0][rounds / 2] / samples[1][rounds / 2]);
	return 0;
}
