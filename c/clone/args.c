/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Versioned structs: from the caller's size to this library's, and to the kernel's. */
#include "clone.h"

#include <string.h>
#include <sys/auxv.h>

size_t c3_page_size(void)
{
	return getauxval(AT_PAGESZ);
}

/*
 * The rule of the kernel's copy_struct_from_user(): 0 if @size is fine and everything behind the
 * @known bytes is zero. The cases in which nothing may be read come first.
 */
int c3_versioned_size(const void *object, size_t size, size_t known, size_t oldest)
{
	const unsigned char *bytes = object;

	if (size > known && size > c3_page_size())
		return -E2BIG;
	if (size < oldest || !object)
		return -EINVAL;
	for (size_t i = known; i < size; i++)
		if (bytes[i])
			return -E2BIG;
	return 0;
}

void clone3_args_init(struct clone3_args *args)
{
	if (args)
		*args = (struct clone3_args){ .exit_signal = C3_SIGCHLD };
}

/* 0 or -errno; -E2BIG also fills the request: a kernel newer than this library may know the tail. */
int c3_request_load(struct c3_request *request, const struct clone3_args *args, size_t size)
{
	int error = c3_versioned_size(args, size, sizeof(*args), CLONE3_ARGS_SIZE_VER0);

	request->args = (struct clone3_args){ 0 };
	request->newer = NULL;
	if (error && (error != -E2BIG || size > c3_page_size()))
		return error;
	memcpy(&request->args, args, size < sizeof(*args) ? size : sizeof(*args));
	if (error) {
		request->newer = args;
		request->size = size;
	} else if (request->args.flags & CLONE3_INTO_CGROUP && size >= CLONE3_ARGS_SIZE_VER2) {
		request->size = CLONE3_ARGS_SIZE_VER2;
	} else if (request->args.set_tid || request->args.set_tid_size) {
		request->size = CLONE3_ARGS_SIZE_VER1;
	} else {
		request->size = CLONE3_ARGS_SIZE_VER0;
	}
	return 0;
}
