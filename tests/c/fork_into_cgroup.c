/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CLONE_INTO_CGROUP: the child is born in the cgroup, by an ordinary or an O_PATH descriptor. */
#include "cgroup_dir.h"
#include "task.h"

/* The path of the calling process in cgroup v2, as /proc tells. */
static void own_cgroup(char *path, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[512];

	path[0] = 0;
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "0::", 3) == 0) {
			line[strcspn(line, "\n")] = 0;
			snprintf(path, size, "%s", line + 3);
		}
	if (file)
		fclose(file);
}

static void try(const struct cgroup *cgroup, int fd, uint64_t flags, const char *what)
{
	struct clone3_args args = args_with(CLONE3_INTO_CGROUP | flags);
	const char *name = strrchr(cgroup->path, '/');
	char *seen = shared_memory(512);
	struct state before;
	size_t length;
	int pid;

	state_take(&before);
	args.cgroup = (uint64_t)fd;
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		own_cgroup(seen, 512);
		_exit(4);
	}
	is(reap_code(pid), 4, what);
	if (pid < 0)
		printf("# clone3_fork: %d\n", pid);
	length = strlen(seen);
	ok(length >= strlen(name) && strcmp(seen + length - strlen(name), name) == 0,
	   "it was born in the cgroup: %s", seen);
	nothing_left(&before, what);
	munmap(seen, 512);
}

int main(void)
{
	char here[512], after[512];
	struct cgroup cgroup;
	int path;

	if (!(support_here().flags & CLONE3_INTO_CGROUP) || !cgroup_make(NULL, &cgroup)) {
		skip("fork_into_cgroup", "needs Linux 5.7 and a cgroup v2 to make cgroups in");
		return done();
	}
	own_cgroup(here, sizeof(here));
	path = open(cgroup.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	try(&cgroup, cgroup.fd, 0, "a descriptor for reading");
	try(&cgroup, path, 0, "an O_PATH descriptor");
	try(&cgroup, cgroup.fd, CLONE3_VFORK, "with the caller parked");
	own_cgroup(after, sizeof(after));
	ok(strcmp(here, after) == 0, "the caller is where it was: %s", after);
	close(path);
	cgroup_remove(&cgroup);
	return done();
}
