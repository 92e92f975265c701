/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Both cgroup functions: what is no cgroup v2 directory, and the root, are refused. */
#include "cgroup_dir.h"

#include <sys/resource.h>

static struct state during;

static void fails(int fd, int error, const char *what)
{
	errno = 0;
	is(clone3_cgroup_kill(fd), -error, what);
	is(clone3_cgroup_wait_empty(fd, 10000000000), -error, what);
	is(errno, 0, "errno is untouched");
	nothing_left(&during, what);
}

int main(void)
{
	char path[512];
	int pipe_ends[2];

	alarm(60);
	pipe2(pipe_ends, O_CLOEXEC);

	int plain = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int tmpfs = mount_of("tmpfs", path, sizeof(path)) ?
			    open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
			    -1;
	int v1 = mount_of("cgroup", path, sizeof(path)) ?
			 open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) :
			 -1;
	int root = -1, root_path = -1, file = -1;

	if (mount_of("cgroup2", path, sizeof(path))) {
		root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		root_path = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		file = openat(root, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	}
	state_take(&during);

	fails(-1, EBADF, "descriptor -1");
	fails(9999, EBADF, "a closed descriptor");
	fails(-100, EBADF, "AT_FDCWD");
	fails(pipe_ends[0], EBADF, "a pipe");
	fails(plain, EBADF, "a directory");
	if (tmpfs >= 0)
		fails(tmpfs, EBADF, "a directory of a tmpfs");
	else
		skip("cgroup_errors", "no tmpfs is mounted");
	if (v1 >= 0)
		fails(v1, EBADF, "a cgroup v1 directory");
	else
		skip("cgroup_errors", "no cgroup v1 hierarchy is mounted");
	if (root < 0) {
		skip("cgroup_errors", "no cgroup v2 hierarchy is mounted");
		return done();
	}
	fails(file, EBADF, "a file of a cgroup");
	/* A container's cgroup namespace shows a cgroup as root that is none. */
	if (faccessat(root, "cgroup.events", F_OK, 0) != 0) {
		fails(root, EOPNOTSUPP, "the root");
		fails(root_path, EOPNOTSUPP, "the root, O_PATH");
	} else {
		skip("cgroup_errors", "the root of the hierarchy is not visible");
	}

	struct cgroup cgroup, threaded;
	struct rlimit limit, low;

	if (!cgroup_make(NULL, &cgroup)) {
		skip("cgroup_errors", "no right to make a cgroup");
		return done();
	}

	int lowest = dup(0);

	close(lowest);
	state_take(&during);
	getrlimit(RLIMIT_NOFILE, &limit);
	low = limit;
	low.rlim_cur = (rlim_t)lowest;
	setrlimit(RLIMIT_NOFILE, &low);
	is(clone3_cgroup_kill(cgroup.fd), -EMFILE, "kill: no descriptor number is free");
	is(clone3_cgroup_wait_empty(cgroup.fd, 0), -EMFILE, "wait_empty: the same");
	setrlimit(RLIMIT_NOFILE, &limit);
	nothing_left(&during, "no descriptor number is free");

	if (cgroup_make(&cgroup, &threaded) && cgroup_write(&threaded, "cgroup.type", "threaded")) {
		is(clone3_cgroup_kill(threaded.fd), -EOPNOTSUPP, "a threaded cgroup: kill");
		is(clone3_cgroup_wait_empty(threaded.fd, -1), 0, "a threaded cgroup: empty");
	} else {
		skip("cgroup_errors", "no threaded cgroup can be made");
	}
	cgroup_remove(&threaded);
	cgroup_remove(&cgroup);
	return done();
}
