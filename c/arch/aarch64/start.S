/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* aarch64: see ../start.S. The system call changes only x0. "hint 34" is "bti c". */

	.text

	.globl	c3_start_clone3
	.hidden	c3_start_clone3
	.type	c3_start_clone3, %function
c3_start_clone3:
	.cfi_startproc
	hint	34
	mov	x9, x2			/* fn */
	mov	x10, x3			/* arg */
	mov	x8, 435
	.cfi_endproc
	svc	0
	cbz	x0, c3_start_child
	ret
	.size	c3_start_clone3, . - c3_start_clone3

	.globl	c3_start_clone
	.hidden	c3_start_clone
	.type	c3_start_clone, %function
c3_start_clone:
	.cfi_startproc
	hint	34
	mov	x9, x0			/* fn */
	mov	x10, x1			/* arg */
	mov	x0, x2			/* flags */
	mov	x1, x3			/* top */
	mov	x2, x4			/* parent_tid */
	mov	x4, x5			/* child_tid */
	mov	x3, x6			/* tls */
	mov	x8, 220
	.cfi_endproc
	svc	0
	cbz	x0, c3_start_child
	ret
	.size	c3_start_clone, . - c3_start_clone

	/* The child: fn in x9, arg in x10. */
	.type	c3_start_child, %function
c3_start_child:
	.cfi_startproc
	.cfi_undefined x30
	mov	x29, 0
	mov	x30, 0
	mov	x0, sp
	and	sp, x0, -16
	mov	x0, x10
	blr	x9
	mov	x8, 93			/* exit */
	svc	0
	brk	0
	.cfi_endproc
	.size	c3_start_child, . - c3_start_child

	/* Fit for branch target identification and pointer authentication. */
	.section .note.gnu.property,"a"
	.p2align 3
	.word	4, 16, 5
	.asciz	"GNU"
	.word	0xc0000000, 4, 3, 0
