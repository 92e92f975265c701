/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CHILD_SETTID and CHILD_CLEARTID do what the caller said, with nothing added to them. */
#include "thread_id.h"

struct seen {
	int word;
	int *address;
	int told;
};

static void look(struct seen *seen)
{
	int *address = NULL;

	seen->told = prctl(PR_GET_TID_ADDRESS, &address, 0, 0, 0) == 0;
	seen->address = address;
}

static int fork_with(uint64_t flags, struct seen *seen)
{
	struct clone3_args args = args_with(flags);
	int pid;

	memset(seen, 0, sizeof(*seen));
	args.child_tid = address_of(&seen->word);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		look(seen);
		_exit(0);
	}
	is(reap_code(pid), 0, "the child ended");
	return pid;
}

int main(void)
{
	struct seen *seen = shared_memory(sizeof(*seen));
	bool told = thread_id_address() != NULL;
	struct state before;
	int pid;

	state_take(&before);
	pid = fork_with(CLONE3_CHILD_SETTID, seen);
	is(seen->word, pid, "SETTID: the kernel stored the tid in the child's memory");
	if (told)
		ok(!seen->address, "SETTID: no address is cleared at the end");

	fork_with(CLONE3_CHILD_CLEARTID, seen);
	is(seen->word, 0, "CLEARTID: no tid is stored");
	if (told)
		ok(seen->address == &seen->word, "CLEARTID: the address is the caller's");

	pid = fork_with(CLONE3_CHILD_SETTID | CLONE3_CHILD_CLEARTID, seen);
	is(seen->word, pid, "both: stored, and not cleared where memory is not shared with a task");
	if (told)
		ok(seen->address == &seen->word, "both: the address is the caller's");
	if (!told)
		skip("fork_keeps_callers_child_tid", "kernel without PR_GET_TID_ADDRESS");

	/* Without the flags the word is not looked at. */
	fork_with(0, seen);
	is(seen->word, 0, "no flag: nothing is stored");
	nothing_left(&before, "after the children");
	return done();
}
