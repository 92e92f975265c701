/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_probe names exactly the flags that a child can be created with here. */
#include "cgroup_dir.h"

struct trial {
	const char *name;
	uint64_t flag;
	uint64_t besides; /* what the flag needs */
};

static int return_at_once(void *unused)
{
	(void)unused;
	return 0;
}

/*
 * Whether a child could be created: yes, or the kernel knows the flags but refuses for want of a
 * right. By the bare system call; on a stack of its own, by clone3_call, where memory is shared.
 */
static bool is_known(const struct trial *trial, const struct cgroup *cgroup)
{
	struct clone3_args args = { .flags = trial->flag | trial->besides };
	struct clone3_stack stack = { NULL, 0 };
	int parent_tid = 0, pidfd = -1;
	long child;

	/* In static memory: the child's end is written to it. */
	static volatile int child_tid;

	if (!(args.flags & (CLONE3_THREAD | CLONE3_PARENT | CLONE3_AUTOREAP)))
		args.exit_signal = SIGCHLD;
	args.pidfd = (uintptr_t)&pidfd;
	args.parent_tid = (uintptr_t)&parent_tid;
	args.child_tid = (uintptr_t)&child_tid;
	args.cgroup = (uint64_t)cgroup->fd;
	if (args.flags & CLONE3_SETTLS) {
		/* Its own thread pointer, to memory that looks like ours where it is first read. */
		static uint64_t tls[512];

		tls[256] = (uintptr_t)&tls[256];
		args.tls = (uintptr_t)&tls[256];
	}
	if (args.flags & CLONE3_VM) {
		clone3_stack_map(65536, &stack);
		args.stack = (uintptr_t)stack.base;
		args.stack_size = stack.size;
		if (args.flags & CLONE3_THREAD) {
			args.flags |= CLONE3_CHILD_CLEARTID | CLONE3_CHILD_SETTID;
			child_tid = 1;
		}
		child = clone3_call(&args, sizeof(args), return_at_once, NULL);
	} else {
		child = syscall(SYS_clone3, &args, sizeof(args));
		if (child == 0)
			_exit(0);
		if (child < 0)
			child = -errno;
	}
	if (child > 0 && args.flags & CLONE3_THREAD)
		for (int i = 0; i < 20000 && child_tid; i++)
			usleep(100);
	else if (child > 0)
		waitpid((pid_t)child, NULL, __WALL); /* AUTOREAP: waits too, and finds none */
	if (args.flags & CLONE3_VM)
		clone3_stack_unmap(&stack);
	if (pidfd >= 0)
		close(pidfd);
	return child > 0 || (child != -EINVAL && child != -ENOSYS && child != -E2BIG);
}

int main(void)
{
	const uint64_t thread = CLONE3_VM | CLONE3_SIGHAND;
	const struct trial trials[] = {
		{ "NEWTIME", CLONE3_NEWTIME, 0 },
		{ "VM", CLONE3_VM, 0 },
		{ "FS", CLONE3_FS, 0 },
		{ "FILES", CLONE3_FILES, 0 },
		{ "SIGHAND", CLONE3_SIGHAND, CLONE3_VM },
		{ "PIDFD", CLONE3_PIDFD, 0 },
		{ "PTRACE", CLONE3_PTRACE, 0 },
		{ "VFORK", CLONE3_VFORK, 0 },
		{ "THREAD", CLONE3_THREAD, thread },
		{ "NEWNS", CLONE3_NEWNS, 0 },
		{ "SYSVSEM", CLONE3_SYSVSEM, 0 },
		{ "SETTLS", CLONE3_SETTLS, CLONE3_VM | CLONE3_VFORK },
		{ "PARENT_SETTID", CLONE3_PARENT_SETTID, 0 },
		{ "CHILD_CLEARTID", CLONE3_CHILD_CLEARTID, 0 },
		{ "UNTRACED", CLONE3_UNTRACED, 0 },
		{ "CHILD_SETTID", CLONE3_CHILD_SETTID, 0 },
		{ "NEWCGROUP", CLONE3_NEWCGROUP, 0 },
		{ "NEWUTS", CLONE3_NEWUTS, 0 },
		{ "NEWIPC", CLONE3_NEWIPC, 0 },
		{ "NEWUSER", CLONE3_NEWUSER, 0 },
		{ "NEWPID", CLONE3_NEWPID, 0 },
		{ "NEWNET", CLONE3_NEWNET, 0 },
		{ "IO", CLONE3_IO, 0 },
		{ "CLEAR_SIGHAND", CLONE3_CLEAR_SIGHAND, 0 },
		{ "AUTOREAP", CLONE3_AUTOREAP, 0 },
		{ "NNP", CLONE3_NNP, 0 },
		{ "PIDFD_AUTOKILL", CLONE3_PIDFD_AUTOKILL,
		  CLONE3_PIDFD | CLONE3_AUTOREAP | CLONE3_NNP },
		{ "EMPTY_MNTNS", CLONE3_EMPTY_MNTNS, 0 },
	};
	const struct trial into_cgroup = { "INTO_CGROUP", CLONE3_INTO_CGROUP, 0 };
	struct clone3_support support = { .size = sizeof(support) };
	struct cgroup cgroup;
	uint64_t seen = 0;
	struct state before;

	alarm(60);
	state_take(&before);
	is(clone3_probe(&support), 0, "probe");
	nothing_left(&before, "probe");
	is(support.size, sizeof(support), "the size is as it was");
	is(support.clone3_error, 0, "clone3 can be used");
	ok(support.args_size == 64 || support.args_size == 80 || support.args_size == 88,
	   "the struct that the kernel knows has %u bytes", support.args_size);
	ok(support.steps & CLONE3_STEP_FDS && !(support.steps & ~(last_step() * 2 - 1)),
	   "steps, and none that is only reported");
	is(!(support.steps & CLONE3_STEP_CGROUP), !(support.flags & CLONE3_INTO_CGROUP),
	   "CGROUP where the clone can do it");

	/* If it is there with the rest; a child of ours may not become our sibling and be lost. */
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		bool told = (support.flags & trials[i].flag) != 0;
		bool known;

		cgroup.fd = -1;
		known = is_known(&trials[i], &cgroup);
		ok(told == known, "%s: told %d, tried %d", trials[i].name, told, known);
		seen |= trials[i].flag;
	}
	ok(support.flags & CLONE3_PARENT, "PARENT: told 1, as old as clone3");
	seen |= CLONE3_PARENT;
	if (cgroup_make(NULL, &cgroup)) {
		bool told = (support.flags & CLONE3_INTO_CGROUP) != 0;

		is(told, is_known(&into_cgroup, &cgroup), "INTO_CGROUP");
		cgroup_remove(&cgroup);
	} else {
		skip("probe_flags", "no right to make a cgroup");
	}
	seen |= CLONE3_INTO_CGROUP;
	is(support.flags & CLONE3_DETACHED, 0, "DETACHED is never told");
	is(support.flags & ~seen, 0, "nor anything that was not tried");
	nothing_left(&before, "the trials");
	return done();
}
