/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where clone3 is missing, clone3_call() is served by clone(2): stacks, threads and masks. */
#include "filter.h"

#include <sched.h>

#define ALL (~(1ULL << (SIGKILL - 1) | 1ULL << (SIGSTOP - 1)))

#define THREAD                                                                                     \
	(CLONE3_VM | CLONE3_FS | CLONE3_FILES | CLONE3_SIGHAND | CLONE3_THREAD | CLONE3_SYSVSEM |  \
	 CLONE3_SETTLS | CLONE3_PARENT_SETTID | CLONE3_CHILD_SETTID | CLONE3_CHILD_CLEARTID)

struct seen {
	uint64_t mask;
	uint64_t frame;
	int tid;
	int tgid;
	int stored;
	void *argument;
};

static struct seen *seen;
static volatile int word;
static uint64_t block[64] __attribute__((aligned(64)));

__attribute__((noinline)) static int look(void *argument)
{
	seen->mask = raw_mask();
	seen->frame = address_of(__builtin_frame_address(0));
	seen->tid = raw_gettid();
	seen->tgid = raw_getpid();
	seen->stored = word;
	seen->argument = argument;
	return 48;
}

static void process(uint64_t flags, bool stack, uint64_t mask, const char *what)
{
	struct clone3_args args = args_with(flags | CLONE3_PIDFD);
	struct clone3_stack mapped = { 0 };
	struct state before;
	int pidfd = -7;
	int pid;

	state_take(&before);
	memset(seen, 0, sizeof(*seen));
	if (stack)
		mapped = stack_for(&args, 16384);
	args.stack_size -= stack ? 5 : 0; /* the top is aligned down here, too */
	args.pidfd = address_of(&pidfd);
	pid = clone3_call(&args, sizeof(args), look, &args);
	ok(proc_fdinfo_pid(pidfd) == pid, "%s: a pidfd of the child", what);
	ok(reap_code(pid) == 48, "%s: it ended with the function's value", what);
	ok(seen->tid == pid && seen->tgid == pid && seen->argument == &args,
	   "%s: the function ran in it, with its argument", what);
	ok(seen->mask == mask, "%s: what it found blocked", what);
	ok(seen->frame % 16 == 0, "%s: its stack is aligned", what);
	if (stack)
		ok(seen->frame > args.stack && seen->frame <= args.stack + args.stack_size,
		   "%s: and the one given", what);
	close(pidfd);
	clone3_stack_unmap(&mapped);
	nothing_left(&before, what);
}

static void thread(void)
{
	struct clone3_args args = args_with(THREAD);
	struct clone3_stack stack = stack_for(&args, 16384);
	struct state before;
	int result;

	state_take(&before);
	memset(seen, 0, sizeof(*seen));
	args.exit_signal = 0;
	args.parent_tid = args.child_tid = address_of(&word);
	block[0] = args.tls = address_of(block);
	result = clone3_call(&args, sizeof(args), look, &args);
	ok(result > 0, "a thread");
	if (result > 0)
		raw_join(&word);
	clone3_stack_unmap(&stack);
	is(seen->tid, result, "its id");
	is(seen->tgid, getpid(), "in this process");
	is(seen->stored, result, "which was stored before it ran");
	is(seen->mask, raw_mask(), "with the caller's mask");
	while (result > 0 && syscall(SYS_tgkill, getpid(), result, 0) == 0)
		sched_yield();
	nothing_left(&before, "a thread");
}

static void refused(uint64_t flags, int error, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct clone3_stack stack = stack_for(&args, 16384);
	struct state before;
	int pidfd = -7;
	int tid = -7;

	state_take(&before);
	args.pidfd = address_of(&pidfd);
	args.parent_tid = address_of(&tid);
	is(clone3_call(&args, sizeof(args), look, NULL), error, what);
	ok(pidfd == -7 && tid == -7, "nothing is stored");
	nothing_left(&before, what);
	clone3_stack_unmap(&stack);
}

int main(void)
{
	seen = shared_memory(sizeof(*seen));
	if (!filter_clone3(ENOSYS)) {
		skip("filter_call_falls_back", "no seccomp filters");
		return done();
	}
	process(0, false, 0, "a copy");
	process(0, true, 0, "a copy on a stack");
	process(CLONE3_VM, true, ALL, "shared memory");
	process(CLONE3_VM | CLONE3_VFORK, true, ALL, "shared memory, waited for");
	process(CLONE3_VM | CLONE3_SIGHAND | CLONE3_FS | CLONE3_FILES, true, ALL, "all shared");
	thread();

	refused(CLONE3_VM | CLONE3_PIDFD | CLONE3_PARENT_SETTID, -ENOSYS,
		"a pidfd and a tid under CLONE_VM");
	refused(CLONE3_VM | CLONE3_CLEAR_SIGHAND, -ENOSYS, "CLONE_CLEAR_SIGHAND");
	refused(CLONE3_VM | CLONE3_NEWNS | CLONE3_FS, -EINVAL, "what the rules forbid");
	return done();
}
