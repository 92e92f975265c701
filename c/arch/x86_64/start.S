/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* x86-64: see ../start.S. The system call changes only rax, rcx and r11. */

	.text

	.globl	c3_start_clone3
	.hidden	c3_start_clone3
	.type	c3_start_clone3, @function
c3_start_clone3:
	.cfi_startproc
	endbr64
	movq	%rcx, %r9		/* arg; args, size and fn are in place */
	movl	$435, %eax
	.cfi_endproc
	syscall
	testq	%rax, %rax
	jz	c3_start_child
	ret
	.size	c3_start_clone3, . - c3_start_clone3

	.globl	c3_start_clone
	.hidden	c3_start_clone
	.type	c3_start_clone, @function
c3_start_clone:
	.cfi_startproc
	endbr64
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	movq	%rdi, %rbx		/* fn */
	movq	%r9, %r10		/* child_tid */
	movq	%rsi, %r9		/* arg */
	movq	%rdx, %rdi		/* flags */
	movq	%rcx, %rsi		/* top */
	movq	%r8, %rdx		/* parent_tid */
	movq	16(%rsp), %r8		/* tls */
	movl	$56, %eax
	.cfi_endproc
	syscall
	testq	%rax, %rax
	jz	1f
	popq	%rbx
	ret
1:	movq	%rbx, %rdx
	jmp	c3_start_child
	.size	c3_start_clone, . - c3_start_clone

	/* The child: fn in rdx, arg in r9. */
	.type	c3_start_child, @function
c3_start_child:
	.cfi_startproc
	.cfi_undefined %rip
	xorl	%ebp, %ebp
	andq	$-16, %rsp
	movq	%r9, %rdi
	call	*%rdx
	movl	%eax, %edi
	movl	$60, %eax		/* exit */
	syscall
	hlt
	.cfi_endproc
	.size	c3_start_child, . - c3_start_child

	/* Fit for indirect branch tracking and shadow stacks: GNU_PROPERTY_X86_FEATURE_1_AND. */
	.section .note.gnu.property,"a"
	.p2align 3
	.long	4, 16, 5
	.asciz	"GNU"
	.long	0xc0000002, 4, 3, 0
