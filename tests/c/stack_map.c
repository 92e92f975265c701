/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A mapped stack is whole pages, readable and writable, with an unusable page below it. */
#include "task.h"

/* The permissions of the mapping that holds an address, as /proc tells: "" if none does. */
static const char *permissions(uint64_t address)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	static char found[8];
	char line[512], access[8];
	unsigned long long start, end;

	found[0] = 0;
	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %4s", &start, &end, access) == 3 && start <= address &&
		    address < end)
			memcpy(found, access, sizeof(found));
	if (maps)
		fclose(maps);
	return found;
}

static bool is_mapped(uint64_t page)
{
	return syscall(SYS_msync, page, 1, MS_ASYNC) == 0 || errno != ENOMEM;
}

int main(void)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const struct {
		size_t asked;
		size_t given;
	} sizes[] = {
		{ 1, page },          { 16, page },           { page - 1, page },
		{ page, page },       { page + 1, 2 * page }, { 3 * page, 3 * page },
		{ 1 << 20, 1 << 20 },
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct clone3_stack stack = { &stack, 12345 };
		int result = clone3_stack_map(sizes[i].asked, &stack);
		uint64_t base = address_of(stack.base);
		bool written = false;

		ok(result == 0 && stack.base, "%zu bytes: mapped", sizes[i].asked);
		is(stack.size, sizes[i].given, "rounded up to pages");
		ok(base % page == 0, "at a page's start");
		ok(strcmp(permissions(base), "rw-p") == 0, "the lowest byte can be used");
		ok(strcmp(permissions(base + stack.size - 1), "rw-p") == 0, "and the highest");
		ok(strcmp(permissions(base - 1), "---p") == 0, "the byte below cannot");
		ok(strcmp(permissions(base - page), "---p") == 0, "nor the page below");
		if (stack.base) {
			memset(stack.base, 1, stack.size);
			written = ((char *)stack.base)[stack.size - 1] == 1;
		}
		ok(written, "it holds what is written");
		result = clone3_stack_unmap(&stack);
		/* Before anything else is mapped there. */
		bool left = is_mapped(base) || is_mapped(base - page) ||
			    is_mapped(base + sizes[i].given - page);

		is(result, 0, "unmapped");
		ok(!stack.base && stack.size == 0, "the struct is empty");
		ok(!left, "no part of it is left");
	}
	return done();
}
