/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* riscv64: see ../start.S. The system call changes only a0. */

	.text

	.globl	c3_start_clone3
	.hidden	c3_start_clone3
	.type	c3_start_clone3, %function
c3_start_clone3:
	.cfi_startproc
	mv	t0, a2			/* fn */
	mv	t1, a3			/* arg */
	li	a7, 435
	.cfi_endproc
	ecall
	beqz	a0, c3_start_child
	ret
	.size	c3_start_clone3, . - c3_start_clone3

	.globl	c3_start_clone
	.hidden	c3_start_clone
	.type	c3_start_clone, %function
c3_start_clone:
	.cfi_startproc
	mv	t0, a0			/* fn */
	mv	t1, a1			/* arg */
	mv	a0, a2			/* flags */
	mv	a1, a3			/* top */
	mv	a2, a4			/* parent_tid */
	mv	a4, a5			/* child_tid */
	mv	a3, a6			/* tls */
	li	a7, 220
	.cfi_endproc
	ecall
	beqz	a0, c3_start_child
	ret
	.size	c3_start_clone, . - c3_start_clone

	/* The child: fn in t0, arg in t1. */
	.type	c3_start_child, %function
c3_start_child:
	.cfi_startproc
	.cfi_undefined ra
	li	s0, 0
	li	ra, 0
	andi	sp, sp, -16
	mv	a0, t1
	jalr	t0
	li	a7, 93			/* exit */
	ecall
	ebreak
	.cfi_endproc
	.size	c3_start_child, . - c3_start_child
