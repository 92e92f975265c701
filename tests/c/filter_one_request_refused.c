/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An EPERM that is about one request stays -EPERM: the request is not tried by clone(2). */
#include "filter.h"

static int returns(void *argument)
{
	(void)argument;
	return 6;
}

/* A real one: no rights for a namespace. What would be tried instead has an errno of its own. */
static int without_rights(void *unused)
{
	struct clone3_args args = args_with(CLONE3_NEWNS);
	int result;

	(void)unused;
	if (!become_nobody() || !refuse(SYS_clone, EDOM))
		return 255;
	result = clone3_fork(&args, sizeof(args));
	if (result == 0)
		_exit(0);
	return result < 0 && has_no_child() ? -result : 254;
}

int main(void)
{
	static const int pids[] = { 1 };
	struct clone3_args args = args_with(0);
	struct state before;
	int result;

	state_take(&before);
	if (geteuid() == 0)
		is(apart(without_rights, NULL), EPERM, "a namespace without rights");
	else
		skip("filter_one_request_refused/rights",
		     "needs root, to have something to give up");

	/* A filter that refuses the structs of 64 bytes: plain requests, but not an empty call. */
	if (!refuse_if(SYS_clone3, 1, 0xffffffff, 64, EPERM)) {
		skip("filter_one_request_refused", "no seccomp filters");
		return done();
	}
	result = clone3_fork(&args, sizeof(args));
	if (result == 0)
		_exit(99);
	is(result, -EPERM, "a request that a filter refuses");
	is(clone3_call(&args, sizeof(args), returns, NULL), -EPERM, "the same by clone3_call");
	nothing_left(&before, "refused requests");

	args.set_tid = address_of(pids);
	args.set_tid_size = 1;
	if (support_here().args_size < CLONE3_ARGS_SIZE_VER1)
		return done();
	is(clone3_fork(&args, sizeof(args)), has_capability(TEST_CAP_SYS_ADMIN) ? -EEXIST : -EPERM,
	   "another request reaches the kernel");
	nothing_left(&before, "a pid in use");
	return done();
}
