/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The reason of each rule names every flag at fault, and the member where one is. */
#include "sentence.h"

static const struct {
	struct clone3_args args;
	uint64_t at_fault;
	const char *member;
} rules[] = {
	{ { .flags = CLONE3_DETACHED }, CLONE3_DETACHED, NULL },
	{ { .flags = CLONE3_SIGHAND }, CLONE3_SIGHAND | CLONE3_VM, NULL },
	{ { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_CLEAR_SIGHAND },
	  CLONE3_SIGHAND | CLONE3_CLEAR_SIGHAND,
	  NULL },
	{ { .flags = CLONE3_VM | CLONE3_THREAD }, CLONE3_THREAD | CLONE3_SIGHAND, NULL },
	{ { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD, .exit_signal = SIGCHLD },
	  CLONE3_THREAD,
	  "exit_signal" },
	{ { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_NEWUSER },
	  CLONE3_THREAD | CLONE3_NEWUSER,
	  NULL },
	{ { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_NEWPID },
	  CLONE3_THREAD | CLONE3_NEWPID,
	  NULL },
	{ { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_AUTOREAP },
	  CLONE3_THREAD | CLONE3_AUTOREAP,
	  NULL },
	{ { .flags = CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_NNP },
	  CLONE3_THREAD | CLONE3_NNP,
	  NULL },
	{ { .flags = CLONE3_PARENT, .exit_signal = SIGCHLD }, CLONE3_PARENT, "exit_signal" },
	{ { .flags = CLONE3_PARENT | CLONE3_AUTOREAP }, CLONE3_PARENT | CLONE3_AUTOREAP, NULL },
	{ { .flags = CLONE3_AUTOREAP, .exit_signal = SIGCHLD }, CLONE3_AUTOREAP, "exit_signal" },
	{ { .flags = CLONE3_NEWNS | CLONE3_FS }, CLONE3_NEWNS | CLONE3_FS, NULL },
	{ { .flags = CLONE3_NEWUSER | CLONE3_FS }, CLONE3_NEWUSER | CLONE3_FS, NULL },
	{ { .flags = CLONE3_EMPTY_MNTNS | CLONE3_FS }, CLONE3_EMPTY_MNTNS | CLONE3_FS, NULL },
	{ { .flags = CLONE3_NEWIPC | CLONE3_SYSVSEM }, CLONE3_NEWIPC | CLONE3_SYSVSEM, NULL },
	{ { .flags = CLONE3_PIDFD | CLONE3_PARENT_SETTID, .pidfd = 8, .parent_tid = 8 },
	  CLONE3_PIDFD | CLONE3_PARENT_SETTID,
	  NULL },
	{ { .flags = CLONE3_PIDFD | CLONE3_PARENT_SETTID },
	  CLONE3_PIDFD | CLONE3_PARENT_SETTID,
	  NULL },
	{ { .flags = CLONE3_PIDFD_AUTOKILL | CLONE3_AUTOREAP },
	  CLONE3_PIDFD_AUTOKILL | CLONE3_PIDFD,
	  NULL },
	{ { .flags = CLONE3_PIDFD_AUTOKILL | CLONE3_PIDFD },
	  CLONE3_PIDFD_AUTOKILL | CLONE3_AUTOREAP,
	  NULL },
	{ { .flags = CLONE3_INTO_CGROUP, .cgroup = 1ULL << 31 }, CLONE3_INTO_CGROUP, "cgroup" },
	{ { .flags = CLONE3_INTO_CGROUP, .cgroup = UINT64_MAX }, CLONE3_INTO_CGROUP, "cgroup" },
	{ { .flags = SIGCHLD }, 0, "exit_signal" },
	{ { .exit_signal = 65 }, 0, "exit_signal" },
	{ { .exit_signal = 256 }, 0, "exit_signal" },
	{ { .stack = 4096 }, 0, "stack_size" },
	{ { .stack_size = 4096 }, 0, "stack" },
	{ { .stack = 4096, .stack_size = UINT64_MAX }, 0, "stack" },
	{ { .set_tid = 8 }, 0, "set_tid_size" },
	{ { .set_tid_size = 1 }, 0, "set_tid" },
	{ { .set_tid = 8, .set_tid_size = 33 }, 0, "set_tid_size" },
	{ { .flags = 1ULL << 38 }, 0, "flags" },
	{ { .flags = 1ULL << 63 }, 0, "flags" },
};

static void sizes(void)
{
	struct {
		struct clone3_args args;
		uint64_t tail;
	} larger = { args_with(CLONE3_INTO_CGROUP), 1 };
	const char *reason = NULL;

	for (size_t size = 64; size < CLONE3_ARGS_SIZE_VER2; size++) {
		is(clone3_check(&larger.args, size, &reason), -EINVAL, "a struct without cgroup");
		ok(names_flags(reason, CLONE3_INTO_CGROUP), "names the flag: %s", reason);
		ok(says(reason, "cgroup"), "and the member");
	}
	is(clone3_check(&larger.args, 8, &reason), -EINVAL, "a size below 64");
	ok(says(reason, "size"), "names the size: %s", reason);
	is(clone3_check(&larger.args, SIZE_MAX, &reason), -E2BIG, "a size above a page");
	ok(says(reason, "size"), "names the size: %s", reason);
	is(clone3_check(&larger.args, sizeof(larger), &reason), -E2BIG, "a nonzero tail");
	ok(*reason, "has a reason: %s", reason);
	is(clone3_check(NULL, ARGS_SIZE, &reason), -EINVAL, "NULL");
	ok(says(reason, "NULL"), "says so: %s", reason);
}

int main(void)
{
	struct clone3_args args = args_with(0);
	const char *reason = NULL;
	const char *again = NULL;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int verdict = clone3_check(&rules[i].args, ARGS_SIZE, &reason);

		ok(verdict == -EINVAL, "rule %zu: %s", i, reason);
		ok(names_flags(reason, rules[i].at_fault), "names each flag at fault");
		if (rules[i].member)
			ok(says(reason, rules[i].member), "names %s", rules[i].member);
		clone3_check(&rules[i].args, ARGS_SIZE, &again);
		ok(again == reason, "the sentence is constant");
	}
	sizes();
	is(clone3_check(&args, sizeof(args), &reason), 0, "no rule is broken");
	ok(reason && *reason == 0, "so there is no reason");
	return done();
}
