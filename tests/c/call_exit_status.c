/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The function's value is the child's exit status, with and without a stack or shared memory. */
#include "task.h"

struct seen {
	int calls;
	int pid;
	int tgid;
	void *argument;
};

static struct seen *seen;
static int status;

static int look(void *argument)
{
	seen->calls++;
	seen->pid = raw_gettid();
	seen->tgid = raw_getpid();
	seen->argument = argument;
	return status;
}

static void try(uint64_t flags, bool stack, int value, int want, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct clone3_stack mapped = { 0 };
	int pid;

	if (stack)
		mapped = stack_for(&args, 16384);
	memset(seen, 0, sizeof(*seen));
	status = value;
	pid = clone3_call(&args, sizeof(args), look, &args);
	ok(pid > 0, "%s: a child", what);
	ok(reap_code(pid) == want, "%s: ends with %d for %d", what, want, value);
	ok(seen->calls == 1 && seen->argument == &args, "%s: the function got its argument", what);
	ok(seen->pid == pid && seen->tgid == pid, "%s: in a process of that pid", what);
	clone3_stack_unmap(&mapped);
}

int main(void)
{
	struct state before;

	seen = shared_memory(sizeof(*seen));
	state_take(&before);
	try(0, false, 0, 0, "a copy");
	try(0, false, 42, 42, "a copy");
	try(0, true, 43, 43, "a copy on a stack");
	try(CLONE3_VFORK, false, 44, 44, "a copy, waited for");
	try(CLONE3_VM | CLONE3_VFORK, true, 45, 45, "shared memory, waited for");
	try(CLONE3_VM, true, 46, 46, "shared memory");
	try(CLONE3_VM, true, 255, 255, "shared memory");
	try(CLONE3_VM, true, 256 + 7, 7, "shared memory");
	try(CLONE3_VM, true, -1, 255, "shared memory");
	try(CLONE3_VM | CLONE3_FS | CLONE3_FILES | CLONE3_SIGHAND, true, 47, 47, "all shared");
	nothing_left(&before, "after the children");
	return done();
}
