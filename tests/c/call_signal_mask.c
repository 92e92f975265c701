/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which signals the child finds blocked, and that the caller's mask is as before. */
#include "task.h"

#define ALL (~(1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1)))
#define CALLERS (1ULL << (SIGUSR2 - 1) | 1ULL << (40 - 1))

static volatile uint64_t *seen;
static volatile int word;

static int look(void *argument)
{
	(void)argument;
	*seen = raw_mask();
	return 0;
}

static void try(uint64_t flags, uint64_t want, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct clone3_stack stack = stack_for(&args, 16384);
	bool thread = flags & CLONE3_THREAD;
	int pid;

	*seen = 1;
	if (thread) {
		args.flags |= CLONE3_CHILD_CLEARTID | CLONE3_PARENT_SETTID;
		args.exit_signal = 0;
		args.parent_tid = args.child_tid = address_of(&word);
	}
	pid = clone3_call(&args, sizeof(args), look, NULL);
	if (!(flags & ~support_here().flags)) {
		ok(pid > 0, "%s: a child", what);
		if (thread)
			raw_join(&word);
		else
			ok(reap_code(pid) == 0, "%s: it ended", what);
		ok(*seen == want, "%s: what it found blocked", what);
		if (*seen != want)
			printf("# got %llx, want %llx\n", (unsigned long long)*seen,
			       (unsigned long long)want);
	} else {
		ok(pid == -EINVAL, "%s: the kernel refuses it", what);
	}
	ok(raw_mask() == CALLERS, "%s: the caller's mask is as before", what);
	clone3_stack_unmap(&stack);
}

int main(void)
{
	struct clone3_args args = args_with(CLONE3_VM | CLONE3_NEWNS | CLONE3_FS);
	struct clone3_stack stack = stack_for(&args, 16384);
	struct state before;
	sigset_t set;

	seen = shared_memory(sizeof(*seen));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, 40);
	sigprocmask(SIG_SETMASK, &set, NULL);
	state_take(&before);
	is(raw_mask() == CALLERS, 1, "two signals are blocked");
	try(0, CALLERS, "a copy of memory");
	try(CLONE3_VFORK, CALLERS, "a copy, waited for");
	try(CLONE3_VM, ALL, "VM");
	try(CLONE3_VM | CLONE3_VFORK, ALL, "VM, waited for");
	try(CLONE3_VM | CLONE3_SIGHAND, ALL, "VM with shared handlers");
	try(CLONE3_VM | CLONE3_CLEAR_SIGHAND, CALLERS, "VM without handlers");
	try(CLONE3_VM | CLONE3_VFORK | CLONE3_CLEAR_SIGHAND, CALLERS,
	    "VM without handlers, waited for");
	try(CLONE3_VM | CLONE3_SIGHAND | CLONE3_THREAD, CALLERS, "a thread");

	is(clone3_call(&args, sizeof(args), look, NULL), -EINVAL, "a call that fails");
	clone3_stack_unmap(&stack);
	nothing_left(&before, "a failed call");
	return done();
}
