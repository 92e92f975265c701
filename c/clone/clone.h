/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the files of c/clone/ give each other and c/spawn/. */
#ifndef C3_CLONE_H
#define C3_CLONE_H

#include "../syscall.h"
#include <clone3.h>

#define C3_NAMESPACE_FLAGS                                                                         \
	(CLONE3_NEWTIME | CLONE3_NEWNS | CLONE3_NEWCGROUP | CLONE3_NEWUTS | CLONE3_NEWIPC |        \
	 CLONE3_NEWUSER | CLONE3_NEWPID | CLONE3_NEWNET)

/*
 * Where the kernel can store nothing: in its own half. (NULL may be mapped.) A clone that is to store
 * its pidfd there fails, after all checks of the flags and before the task can run.
 */
#define C3_NOWHERE ((uint64_t)-4096)

/*
 * A request as the kernel will get it. @args is the caller's struct cut or extended to this
 * library's; @size the smallest version that holds what it uses. Where the caller's struct has a
 * nonzero byte behind the members known here, @newer is that struct and @size the caller's.
 */
struct c3_request {
	struct clone3_args args;
	const struct clone3_args *newer;
	size_t size;
};

/* args.c */
size_t c3_page_size(void);
int c3_versioned_size(const void *object, size_t size, size_t known, size_t oldest);
int c3_request_load(struct c3_request *request, const struct clone3_args *args, size_t size);

/* create.c: @fn NULL returns in the child too. */
int c3_create(struct c3_request *request, int (*fn)(void *), void *arg);

/* fork.c */
void c3_repair_tid(struct c3_request *request);

/* rules.c: "" when no rule is broken. @size tells the version that the caller knows. */
const char *c3_broken_rule(const struct clone3_args *args, size_t size);

#endif
