/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* set_tid: the child gets the pids asked for, and wrong requests the kernel's -errno. */
#include "task.h"

static int try(uint64_t flags, const int *tids, size_t count, int want, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct state before;
	int result;

	args.set_tid = address_of(tids);
	args.set_tid_size = count;
	state_take(&before);
	result = clone3_fork(&args, sizeof(args));
	if (result == 0)
		_exit(getpid() == tids[0] ? 45 : 46);
	if (want == 0) {
		is(reap_code(result), 45, what);
		if (result < 0)
			printf("# clone3_fork: %d\n", result);
	} else {
		is(result, want, what);
	}
	nothing_left(&before, what);
	return result;
}

/* A pid that was in use until now: others are given out before it comes round again. */
static int free_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	reap(pid);
	return pid;
}

static int first_child_after_unshare(void *tid)
{
	struct clone3_args args = args_with(0);
	int result;

	if (syscall(SYS_unshare, CLONE3_NEWPID) != 0)
		return 255;
	args.set_tid = address_of(tid);
	args.set_tid_size = 1;
	result = clone3_fork(&args, sizeof(args));
	if (result == 0)
		_exit(0);
	return result < 0 && has_no_child() ? -result : 255;
}

int main(void)
{
	static const size_t lengths[] = { 33, 64, 65, 1344, 31 };
	static int tids[1344];
	struct clone3_support support = support_here();
	FILE *file = fopen("/proc/sys/kernel/pid_max", "re");
	int pid_max = 0;
	char what[64];

	if (file) {
		if (fscanf(file, "%d", &pid_max) != 1)
			pid_max = 0;
		fclose(file);
	}
	if (support.args_size < CLONE3_ARGS_SIZE_VER1 || !has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("fork_set_tid", "needs Linux 5.5 and CAP_SYS_ADMIN");
		return done();
	}
	for (int fill = 0; fill <= 0xff; fill += 0xff)
		for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			memset(tids, fill, sizeof(tids));
			snprintf(what, sizeof(what), "%zu pids of bytes %x", lengths[i],
				 (unsigned int)fill);
			try(0, tids, lengths[i], -EINVAL, what);
		}
	try(0, (const int[]){ 0 }, 1, -EINVAL, "{0}");
	try(0, (const int[]){ -1 }, 1, -EINVAL, "{-1}");
	try(0, (const int[]){ -1, 0 }, 2, -EINVAL, "{-1, 0}");
	try(CLONE3_NEWPID, (const int[]){ -1 }, 1, -EINVAL, "{-1} in a new pid namespace");
	try(0, &pid_max, 1, -EINVAL, "{pid_max}");
	try(CLONE3_NEWPID, &pid_max, 1, -EINVAL, "{pid_max} in a new pid namespace");
	try(0, (const int[]){ 1 }, 1, -EEXIST, "{1}");
	try(CLONE3_NEWPID, (const int[]){ free_pid() }, 1, -EINVAL,
	    "a first pid of a new namespace that is not 1");
	is(apart(first_child_after_unshare, (int[]){ free_pid() }), EINVAL,
	   "a first pid that is not 1 after unshare");
	try(CLONE3_NEWPID, (const int[]){ 1 }, 1, 0, "{1} in a new pid namespace");

	tids[0] = free_pid();
	is(try(0, tids, 1, 0, "{a free pid}"), tids[0], "it is what the caller gets");
	tids[0] = 1;
	tids[1] = free_pid();
	is(try(CLONE3_NEWPID, tids, 2, 0, "{1, a free pid} in a new pid namespace"), tids[1],
	   "the caller gets the second");
	return done();
}
