/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A function that overflows its mapped stack gets SIGSEGV, at an address in the page below it. */
#include "task.h"

static struct clone3_stack stack;
static volatile uint64_t *fault;
static volatile int go_on = 1;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	*fault = address_of(info->si_addr);
	_exit(77);
}

/* Less than a page a step. Each frame's address goes on, so that no compiler makes it a loop. */
__attribute__((noinline)) static int descend(volatile char *above)
{
	volatile char frame[256];

	if (go_on == 0)
		return *above;
	frame[0] = *above;
	return descend(frame) + frame[0];
}

static int overflow(void *argument)
{
	volatile char first = 0;

	(void)argument;
	/* No core dump: this end is wanted. */
	prctl(PR_SET_DUMPABLE, 0);
	return descend(&first) & 1;
}

int main(void)
{
	static char other[65536];
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	const stack_t alternate = { .ss_sp = other, .ss_size = sizeof(other) };
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct clone3_args args = args_with(0);
	struct state before;
	uint64_t base;

	signal(SIGSEGV, SIG_DFL); /* no sanitizer's */
	fault = shared_memory(sizeof(*fault));
	stack = stack_for(&args, 65536);
	base = address_of(stack.base);
	state_take(&before);
	is(reap_code(clone3_call(&args, sizeof(args), overflow, NULL)), -SIGSEGV,
	   "the child ends by SIGSEGV");

	/* On another stack a handler can tell where. The child has a copy of memory, so it is its own. */
	sigaltstack(&alternate, NULL);
	sigaction(SIGSEGV, &action, NULL);
	is(reap_code(clone3_call(&args, sizeof(args), overflow, NULL)), 77, "its handler runs");
	ok(*fault < base && *fault >= base - page, "the address is in the guard page");
	signal(SIGSEGV, SIG_DFL);
	clone3_stack_unmap(&stack);
	nothing_left(&before, "after the children");
	return done();
}
