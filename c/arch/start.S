/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Enter the kernel and run a function in the child:
 *
 *   long c3_start_clone3(const void *args, size_t size, int (*fn)(void *), void *arg);
 *   long c3_start_clone(int (*fn)(void *), void *arg, uint64_t flags, uint64_t top,
 *                       uint64_t parent_tid, uint64_t child_tid, uint64_t tls);
 *
 * The caller gets the tid or -errno. The child, on the stack that the kernel gave it, aligned down
 * to 16 (its copy of the caller's, where none was asked for), calls fn(arg) and ends its thread
 * with the value: exit, not exit_group. Function and argument stay in registers, since a child
 * that shares memory may outlive the caller's frame.
 *
 * The unwind table ends before the system call and begins again in the child with the return
 * address undefined and the frame pointer 0: an unwinder stops there.
 */
#if defined(__x86_64__)
#include "x86_64/start.S"
#elif defined(__aarch64__)
#include "aarch64/start.S"
#elif defined(__riscv)
#include "riscv64/start.S"
#else
#error "libclone3 has no c/arch folder for this architecture"
#endif

	.section .note.GNU-stack,"",%progbits
