/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Any other errno than ENOSYS and EPERM is the caller's answer: nothing else is tried. */
#include "filter.h"

static int returns(void *argument)
{
	(void)argument;
	return 0;
}

int main(void)
{
	static const int errors[] = { EAGAIN, ENOMEM, EMFILE, EINVAL, EACCES, EOPNOTSUPP, E2BIG };
	struct clone3_args args = args_with(0);
	struct state before;
	int result;

	state_take(&before);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		/* The errno of the last filter counts. */
		if (!filter_clone3(errors[i])) {
			skip("filter_other_errno", "no seccomp filters");
			return done();
		}
		result = clone3_fork(&args, sizeof(args));
		if (result == 0)
			_exit(99);
		is(result, -errors[i], strerror(errors[i]));
		is(clone3_call(&args, sizeof(args), returns, NULL), -errors[i],
		   "the same from clone3_call");
		nothing_left(&before, strerror(errors[i]));
	}
	return done();
}
