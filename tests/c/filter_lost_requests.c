/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What clone(2) cannot say is never dropped: the errno of the refused clone3 comes back. */
#include "filter.h"

static void refused(const struct clone3_args *args, int error, const char *what)
{
	struct state before;
	int result;

	state_take(&before);
	errno = 1234;
	result = clone3_fork(args, sizeof(*args));
	if (result == 0)
		_exit(99);
	ok(errno == 1234, "%s: errno is untouched", what);
	is(result, error, what);
	nothing_left(&before, what);
}

static void all(int error)
{
	struct clone3_args args = args_with(0);
	static const int pids[] = { 1 };
	int pidfd = -7;

	args.flags = CLONE3_CLEAR_SIGHAND;
	refused(&args, error, "CLONE_CLEAR_SIGHAND");
	args.flags = CLONE3_INTO_CGROUP;
	args.cgroup = 0;
	refused(&args, error, "CLONE_INTO_CGROUP");
	args.flags = CLONE3_NNP;
	refused(&args, error, "CLONE_NNP");
	args.flags = CLONE3_EMPTY_MNTNS;
	refused(&args, error, "CLONE_EMPTY_MNTNS");
	args.flags = CLONE3_NEWTIME;
	refused(&args, error, "CLONE_NEWTIME");
	args.flags = CLONE3_AUTOREAP;
	args.exit_signal = 0;
	refused(&args, error, "CLONE_AUTOREAP");
	args.flags |= CLONE3_PIDFD | CLONE3_PIDFD_AUTOKILL;
	args.pidfd = address_of(&pidfd);
	refused(&args, error, "CLONE_PIDFD_AUTOKILL");
	is(pidfd, -7, "no pidfd is stored");

	args = args_with(CLONE3_NEWPID);
	args.set_tid = address_of(pids);
	args.set_tid_size = 1;
	refused(&args, error, "set_tid");
}

int main(void)
{
	if (!filter_clone3(ENOSYS)) {
		skip("filter_lost_requests", "no seccomp filters");
		return done();
	}
	all(-ENOSYS);
	if (filter_clone3(EPERM))
		all(-EPERM);
	return done();
}
