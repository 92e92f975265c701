/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* For an errno that a fixed rule accounts for, clone3_explain() has clone3_check()'s reason. */
#include "sentence.h"

static void same_as_check(const void *args, size_t size, int error, const char *what)
{
	const char *reason = NULL;
	const char *sentence = clone3_explain(args, size, error);

	is(clone3_check(args, size, &reason), error, what);
	ok(sentence && *sentence && strcmp(sentence, reason) == 0, "%s: %s", what, sentence);
	ok(clone3_explain(args, size, -error) == sentence, "and for the positive errno");
}

int main(void)
{
	struct {
		struct clone3_args args;
		uint64_t tail;
	} larger = { args_with(0), 1 };
	struct clone3_args args = args_with(CLONE3_NEWNS | CLONE3_FS);
	const char *sentence;

	same_as_check(&args, sizeof(args), -EINVAL, "two flags");
	args = args_with(0);
	args.exit_signal = 65;
	same_as_check(&args, sizeof(args), -EINVAL, "a signal");
	args = args_with(CLONE3_INTO_CGROUP);
	same_as_check(&args, CLONE3_ARGS_SIZE_VER1, -EINVAL, "a struct without cgroup");
	same_as_check(&args, 8, -EINVAL, "a small size");
	same_as_check(&args, SIZE_MAX, -E2BIG, "a large size");
	same_as_check(&larger, sizeof(larger), -E2BIG, "a nonzero tail");

	/* What clone3_fork and clone3_call refuse of their own. */
	args = args_with(CLONE3_VM);
	sentence = clone3_explain(&args, sizeof(args), -EINVAL);
	ok(sentence && says(sentence, "CLONE_VM") && says(sentence, "stack"), "VM: %s", sentence);
	/* Another errno than the rule's is not the rule's. */
	args = args_with(CLONE3_NEWNS | CLONE3_FS);
	sentence = clone3_explain(&args, sizeof(args), -EPERM);
	ok(sentence && says(sentence, "CAP_SYS_ADMIN"), "EPERM is about rights: %s", sentence);
	return done();
}
