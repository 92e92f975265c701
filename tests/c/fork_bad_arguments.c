/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NULL, wrong sizes and unknown tails get their -errno, and nothing is created. */
#include "task.h"

static void refuse(const void *args, size_t size, int error, const char *what)
{
	struct state before;
	int result;

	state_take(&before);
	errno = 1234;
	result = clone3_fork(args, size);
	if (result == 0)
		_exit(99);
	ok(errno == 1234, "%s: errno is untouched", what);
	is(result, error, what);
	nothing_left(&before, what);
}

int main(void)
{
	long page = sysconf(_SC_PAGESIZE);
	unsigned char *buffer = shared_memory((size_t)page * 2);
	struct clone3_args args = args_with(0);
	const void *unreadable = mmap(NULL, (size_t)page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				      -1, 0);

	refuse(NULL, ARGS_SIZE, -EINVAL, "NULL");
	refuse(&args, 0, -EINVAL, "size 0");
	refuse(&args, 8, -EINVAL, "size 8");
	refuse(&args, 56, -EINVAL, "size 56");
	refuse(&args, 63, -EINVAL, "size 63");
	refuse(unreadable, 63, -EINVAL, "a size below 64 before anything is read");
	refuse(unreadable, (size_t)page + 1, -E2BIG, "a size above a page before anything is read");
	refuse(unreadable, SIZE_MAX, -E2BIG, "the largest size");

	memcpy(buffer, &args, sizeof(args));
	buffer[ARGS_SIZE + 100] = 1;
	refuse(buffer, ARGS_SIZE + 101, -E2BIG, "a nonzero byte at the tail's end");
	buffer[ARGS_SIZE + 100] = 0;
	buffer[page - 1] = 1;
	refuse(buffer, (size_t)page, -E2BIG, "a nonzero byte at the end of a page");
	args.flags = CLONE3_INTO_CGROUP;
	refuse(&args, 64, -EINVAL, "a cgroup beyond the caller's 64 bytes");
	refuse(&args, 80, -EINVAL, "a cgroup beyond the caller's 80 bytes");
	refuse(&args, 87, -EINVAL, "a cgroup of which a byte is missing");
	args.flags = 0;
	args.exit_signal = 65;
	refuse(&args, sizeof(args), -EINVAL, "exit signal 65");
	return done();
}
