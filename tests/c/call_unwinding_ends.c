/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* An unwinder that starts in the child's function finds an end, and a frame pointer of 0. */
#include "task.h"

static volatile uint64_t saved_frame_pointer;

/* musl-gcc cannot link the unwinder of a gcc that was made for glibc. */
#ifdef __GLIBC__
#include <unwind.h>

#define MANY 100

static volatile int frames;
static volatile int reason;
static volatile uint64_t last_address;

static _Unwind_Reason_Code count(struct _Unwind_Context *context, void *argument)
{
	(void)argument;
	last_address = _Unwind_GetIP(context);
	frames++;
	return frames < MANY ? _URC_NO_REASON : _URC_NORMAL_STOP;
}

static void walk(void)
{
	frames = 0;
	last_address = 1;
	reason = (int)_Unwind_Backtrace(count, NULL);
}

/* The function, its caller in the library, and that one's caller: nobody. */
static void check_walk(const char *what)
{
	is(reason, _URC_END_OF_STACK, "the unwinder found the end");
	ok(frames >= 2 && frames <= 5, "%s: after %d frames", what, frames);
#if !defined(__riscv) /* where compilers leave out unwind tables by default */
	ok(last_address == 0, "%s: which the unwind table says is the end", what);
#endif
}
#else
static void walk(void)
{
}

static void check_walk(const char *what)
{
	(void)what;
	skip("call_unwinding_ends/unwinder", "no unwinder that fits this libc");
}
#endif

__attribute__((noinline)) static int look(void *argument)
{
#if defined(__x86_64__) || defined(__aarch64__)
	saved_frame_pointer = *(uint64_t *)__builtin_frame_address(0);
#elif defined(__riscv)
	saved_frame_pointer = ((uint64_t *)__builtin_frame_address(0))[-2];
#endif
	(void)argument;
	walk();
	return 3;
}

static void try(uint64_t flags, const char *what)
{
	struct clone3_args args = args_with(flags);
	struct clone3_stack stack = stack_for(&args, 1 << 20);

	saved_frame_pointer = 1;
	ok(reap_code(clone3_call(&args, sizeof(args), look, NULL)) == 3, "%s: the child ran", what);
	ok(saved_frame_pointer == 0, "%s: the first frame links to none", what);
	check_walk(what);
	clone3_stack_unmap(&stack);
}

int main(void)
{
	struct state before;

	state_take(&before);
	/* The caller is parked, so that the unwinder in libgcc has the libc to itself. */
	try(CLONE3_VM | CLONE3_VFORK, "VM");
	nothing_left(&before, "after the child");
	return done();
}
