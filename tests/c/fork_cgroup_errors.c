/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A cgroup that cannot take the child gives the kernel's errno, and no child is left. */
#include "cgroup_dir.h"
#include "task.h"

static int fork_into(int fd)
{
	struct clone3_args args = args_with(CLONE3_INTO_CGROUP);
	int pid;

	args.cgroup = (uint64_t)(int64_t)fd;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	return pid;
}

static void refused(int fd, int error, const char *what)
{
	struct state before;

	state_take(&before);
	is(fork_into(fd), error, what);
	nothing_left(&before, what);
}

static void no_descriptors(void)
{
	char v1[256];
	int fd;

	refused(-1, -EINVAL, "a negative descriptor");
	fd = dup(2);
	close(fd);
	refused(fd, -EBADF, "a closed one");
	fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	refused(fd, -EBADF, "a file's");
	close(fd);
	fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	refused(fd, -EBADF, "another directory's");
	close(fd);
	if (mount_of("cgroup", v1, sizeof(v1))) {
		fd = open(v1, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		refused(fd, -EBADF, "a cgroup v1's");
		close(fd);
	}
}

static int without_rights(void *cgroup)
{
	int result;

	if (!become_nobody())
		return 255;
	result = fork_into(((const struct cgroup *)cgroup)->fd);
	return result < 0 && has_no_child() ? -result : 254;
}

/* A threaded cgroup's sibling below one domain is fit for nothing. */
static void invalid_domain(const struct cgroup *parent)
{
	struct cgroup threaded, invalid;

	if (cgroup_make(parent, &threaded) && cgroup_make(parent, &invalid) &&
	    cgroup_write(&threaded, "cgroup.type", "threaded")) {
		refused(invalid.fd, -EOPNOTSUPP, "an invalid domain");
		cgroup_remove(&invalid);
		cgroup_remove(&threaded);
	} else {
		skip("fork_cgroup_errors/threaded", "no threaded cgroups");
	}
}

/*
 * The first controller in one of a cgroup's files that keeps processes to the leaves, as those that
 * control threads do not: "" if there is none.
 */
static void first_controller(const struct cgroup *cgroup, const char *name, char *word, size_t size)
{
	static const char *const of_threads[] = { "cpu", "cpuset", "perf_event", "pids" };
	char text[256], *rest = text, *next;
	int fd = openat(cgroup->fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[length > 0 ? length : 0] = 0;
	word[0] = 0;
	while (!word[0] && (next = strsep(&rest, " \n"))) {
		bool of_thread = false;

		for (size_t i = 0; i < sizeof(of_threads) / sizeof(of_threads[0]); i++)
			of_thread |= strcmp(next, of_threads[i]) == 0;
		if (!of_thread)
			snprintf(word, size, "%.*s", (int)size - 1, next);
	}
}

/* Needs a controller: the root's first is handed down for the moment, if it is not already. */
static void with_controllers(void)
{
	struct cgroup root = { .fd = -1 }, parent, below;
	char enable[80], word[64];
	bool lent;

	if (mount_of("cgroup2", root.path, sizeof(root.path)))
		root.fd = open(root.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	first_controller(&root, "cgroup.controllers", word, sizeof(word) - 1);
	snprintf(enable, sizeof(enable), "+%s", word);
	first_controller(&root, "cgroup.subtree_control", word, sizeof(word) - 1);
	lent = !word[0] && cgroup_write(&root, "cgroup.subtree_control", enable);
	if (!cgroup_make(NULL, &parent) || !cgroup_make(&parent, &below))
		return;
	if (word[0])
		snprintf(enable, sizeof(enable), "+%s", word);
	if ((lent || word[0]) && cgroup_write(&parent, "cgroup.subtree_control", enable))
		refused(parent.fd, -EBUSY, "one that distributes resources to children");
	else
		skip("fork_cgroup_errors/controller", "no controller can be handed down");
	cgroup_remove(&below);
	cgroup_remove(&parent);
	enable[0] = '-';
	if (lent)
		cgroup_write(&root, "cgroup.subtree_control", enable);
	close(root.fd);
}

int main(void)
{
	struct cgroup cgroup;

	if (!(support_here().flags & CLONE3_INTO_CGROUP)) {
		skip("fork_cgroup_errors", "needs Linux 5.7 and cgroups");
		return done();
	}
	no_descriptors();
	if (!cgroup_make(NULL, &cgroup)) {
		skip("fork_cgroup_errors/cgroup", "needs a cgroup v2 to make cgroups in");
		return done();
	}
	if (geteuid() == 0)
		is(apart(without_rights, &cgroup), EACCES, "one that the caller may not write to");
	else
		skip("fork_cgroup_errors/rights", "needs root, to become another user");
	with_controllers();
	invalid_domain(&cgroup);
	ok(cgroup_rmdir(&cgroup), "the cgroup is removed");
	refused(cgroup.fd, -ENOENT, "a removed one");
	close(cgroup.fd);
	return done();
}
