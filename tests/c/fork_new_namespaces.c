/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Each CLONE_NEW* flag gives the child a namespace of its own of that kind, and of no other. */
#include "task.h"

static void try(size_t kind, const struct clone3_support *support, uint64_t (*seen)[2])
{
	const char *name = namespace_kinds[kind].name;
	struct clone3_args args = args_with(namespace_kinds[kind].flag);
	struct state before;
	int differing = 0;
	int pid;

	state_take(&before);
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		char path[32];
		struct stat status;

		/* /proc is the caller's, which may number this process otherwise than getpid(). */
		for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
			snprintf(path, sizeof(path), "/proc/self/ns/%s", namespace_kinds[i].name);
			seen[i][1] = stat(path, &status) == 0 ? (uint64_t)status.st_ino : 0;
		}
		_exit(0);
	}
	if (!(support->flags & args.flags)) {
		ok(pid < 0, "%s: a kernel without the kind refuses it", name);
		nothing_left(&before, name);
		return;
	}
	ok(reap_code(pid) == 0, "%s: the child ran", name);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		differing += seen[i][0] != seen[i][1];
	ok(seen[kind][0] != seen[kind][1] && seen[kind][1] != 0, "%s: its namespace is new", name);
	ok(differing == 1, "%s: it alone", name);
	nothing_left(&before, name);
}

int main(void)
{
	struct clone3_support support = support_here();
	uint64_t(*seen)[2] = shared_memory(NAMESPACE_KINDS * sizeof(*seen));

	if (!has_capability(TEST_CAP_SYS_ADMIN)) {
		skip("fork_new_namespaces", "needs CAP_SYS_ADMIN");
		return done();
	}
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		seen[i][0] = proc_namespace(getpid(), namespace_kinds[i].name);
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		try(i, &support, seen);
	return done();
}
