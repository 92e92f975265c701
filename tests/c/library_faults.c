/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Every system call of what is no spawn fails once: its error comes back, or it is one that does not
 * count, and nothing is left. The calls are those that a tracer sees.
 */
#include "cgroup_dir.h"
#include "faults_walk.h"
#include "filter.h"

static int returns(void *unused)
{
	(void)unused;
	return 0;
}

/* What a function gave: success is 0 whatever it is, and is taken back. */
static int child_of(int pid, int pidfd)
{
	if (pid <= 0)
		return pid;
	reap(pid);
	if (pidfd >= 0)
		close(pidfd);
	return 0;
}

static int descriptor_of_call(int fd)
{
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int forks(void)
{
	int pidfd = -1;
	struct clone3_args args = args_with(CLONE3_PIDFD);
	int pid;

	args.pidfd = address_of(&pidfd);
	traced_begin();
	pid = clone3_fork(&args, sizeof(args));
	if (pid == 0)
		_exit(0);
	traced_end();
	return child_of(pid, pidfd);
}

static int forks_without_clone3(void)
{
	return filter_clone3(ENOSYS) ? forks() : -EDOM;
}

static int calls_with(uint64_t flags)
{
	int pidfd = -1;
	struct clone3_args args = args_with(flags | CLONE3_PIDFD);
	struct clone3_stack stack = stack_for(&args, 65536);
	int pid;

	args.pidfd = address_of(&pidfd);
	traced_begin();
	pid = clone3_call(&args, sizeof(args), returns, NULL);
	traced_end();
	pid = child_of(pid, pidfd);
	clone3_stack_unmap(&stack);
	return pid;
}

static int calls(void)
{
	return calls_with(0);
}

static int calls_in_memory(void)
{
	return calls_with(CLONE3_VM | CLONE3_VFORK);
}

static int calls_without_clone3(void)
{
	return filter_clone3(ENOSYS) ? calls_in_memory() : -EDOM;
}

static int maps_a_stack(void)
{
	struct clone3_stack stack;
	int result;

	traced_begin();
	result = clone3_stack_map(65536, &stack);
	traced_end();
	if (result == 0)
		clone3_stack_unmap(&stack);
	return result;
}

static int unmaps_a_stack(void)
{
	struct clone3_stack stack;
	int result;

	if (clone3_stack_map(65536, &stack) != 0)
		return -EDOM;
	traced_begin();
	result = clone3_stack_unmap(&stack);
	traced_end();
	if (result != 0)
		clone3_stack_unmap(&stack);
	return result;
}

/* Of a child that runs, or has ended. */
static int opens_a_pidfd(void)
{
	struct child child = child_start(child_pauses, NULL);
	int result;

	traced_begin();
	result = clone3_pidfd_open(child.pid, 0);
	traced_end();
	child_end(&child);
	return descriptor_of_call(result);
}

static int signals(void)
{
	struct child child = child_start(child_pauses, NULL);
	int result;

	traced_begin();
	result = clone3_pidfd_send_signal(child.pidfd, SIGCONT, 0);
	traced_end();
	child_end(&child);
	return result;
}

static int takes_a_descriptor(void)
{
	struct child child = child_start(child_pauses, NULL);
	int result;

	traced_begin();
	result = clone3_pidfd_getfd(child.pidfd, 1);
	traced_end();
	child_end(&child);
	return descriptor_of_call(result);
}

static int gets_a_namespace(void)
{
	struct child child = child_start(child_pauses, NULL);
	int result;

	traced_begin();
	result = clone3_pidfd_namespace(child.pidfd, CLONE3_NEWUTS);
	traced_end();
	child_end(&child);
	return descriptor_of_call(result);
}

static int gets_a_namespace_by_proc(void)
{
	return refuse_if(SYS_ioctl, 1, IOCTL_NAMESPACE_MASK, IOCTL_NAMESPACE, ENOTTY) ?
		       gets_a_namespace() :
		       -EDOM;
}

static int enters_namespaces(void)
{
	struct child child = child_start(child_pauses, NULL);
	int result;

	traced_begin();
	result = clone3_pidfd_setns(child.pidfd, CLONE3_NEWUTS);
	traced_end();
	child_end(&child);
	return result;
}

static int asks(void)
{
	struct child child = child_start(child_pauses, NULL);
	struct clone3_pidfd_info info = { .size = sizeof(info), .mask = CLONE3_INFO_PID };
	int result;

	traced_begin();
	result = clone3_pidfd_get_info(child.pidfd, &info);
	traced_end();
	child_end(&child);
	return result;
}

static int asks_proc(void)
{
	return refuse_if(SYS_ioctl, 1, IOCTL_INFO_MASK, IOCTL_INFO, ENOTTY) ? asks() : -EDOM;
}

static int waits_with(unsigned int options, int (*body)(void *))
{
	struct child child = child_start(body, NULL);
	struct clone3_exit end;
	int result;

	if (body == child_returns)
		child_await_end(&child);
	traced_begin();
	result = clone3_pidfd_wait(child.pidfd, options, &end);
	traced_end();
	child_end(&child);
	return result == 1 && end.pid != child.pid ? -EDOM : result;
}

static int waits(void)
{
	return waits_with(0, child_returns);
}

static int looks(void)
{
	return waits_with(CLONE3_WAIT_NOHANG, child_pauses);
}

static int waits_for_a_time(void)
{
	struct child child = child_start(child_pauses, NULL);
	int result;

	traced_begin();
	result = clone3_pidfd_wait_timeout(child.pidfd, 0, 20000000, NULL);
	traced_end();
	child_end(&child);
	return result;
}

static int waits_for_the_reaped(void)
{
	struct child child = child_start(child_returns, NULL);
	int result;

	child_reap(&child);
	traced_begin();
	result = clone3_pidfd_wait(child.pidfd, 0, NULL);
	traced_end();
	close(child.pidfd);
	return result;
}

static int in_a_cgroup(int (*call)(const struct cgroup *cgroup))
{
	struct cgroup cgroup;
	int result;

	if (!cgroup_make(NULL, &cgroup))
		return -EPERM;
	traced_begin();
	result = call(&cgroup);
	traced_end();
	cgroup_remove(&cgroup);
	return result;
}

static int kill_it(const struct cgroup *cgroup)
{
	return clone3_cgroup_kill(cgroup->fd);
}

static int await_it(const struct cgroup *cgroup)
{
	return clone3_cgroup_wait_empty(cgroup->fd, 1000000000);
}

static int kills_a_cgroup(void)
{
	return in_a_cgroup(kill_it);
}

static int waits_for_a_cgroup(void)
{
	return in_a_cgroup(await_it);
}

static int joins_and_pauses(void *cgroup)
{
	return cgroup_join(cgroup) ? child_pauses(NULL) : 1;
}

/* For a time, as somebody is in it. */
static int waits_for_a_full_cgroup(void)
{
	struct cgroup cgroup;
	struct child child;
	int result;

	if (!cgroup_make(NULL, &cgroup))
		return -EPERM;
	child = child_start(joins_and_pauses, &cgroup);
	while (cgroup_populated(&cgroup) != 1)
		sleep_ms(1);
	traced_begin();
	result = clone3_cgroup_wait_empty(cgroup.fd, 20000000);
	traced_end();
	child_end(&child);
	cgroup_remove(&cgroup);
	return result;
}

static int probes(void)
{
	struct clone3_support support = { .size = sizeof(support) };
	int result;

	traced_begin();
	result = clone3_probe(&support);
	traced_end();
	return result;
}

static const struct door {
	const char *name;
	int (*goes)(void);
	int result;
	int lacking; /* -errno where the kernel lacks it */
} doors[] = {
	{ "clone3_fork", forks, 0, 0 },
	{ "clone3_fork without clone3", forks_without_clone3, 0, 0 },
	{ "clone3_call", calls, 0, 0 },
	{ "clone3_call in memory", calls_in_memory, 0, 0 },
	{ "clone3_call in memory without clone3", calls_without_clone3, 0, 0 },
	{ "clone3_stack_map", maps_a_stack, 0, 0 },
	{ "clone3_stack_unmap", unmaps_a_stack, 0, 0 },
	{ "clone3_pidfd_open", opens_a_pidfd, 0, 0 },
	{ "clone3_pidfd_send_signal", signals, 0, 0 },
	{ "clone3_pidfd_getfd", takes_a_descriptor, 0, 0 },
	{ "clone3_pidfd_namespace", gets_a_namespace, 0, 0 },
	{ "clone3_pidfd_namespace by proc", gets_a_namespace_by_proc, 0, 0 },
	{ "clone3_pidfd_setns", enters_namespaces, 0, 0 },
	{ "clone3_pidfd_get_info", asks, 0, 0 },
	{ "clone3_pidfd_get_info by proc", asks_proc, 0, 0 },
	{ "clone3_pidfd_wait", waits, 1, 0 },
	{ "clone3_pidfd_wait, NOHANG", looks, 0, 0 },
	{ "clone3_pidfd_wait of the reaped", waits_for_the_reaped, 1, -ECHILD },
	{ "clone3_pidfd_wait_timeout", waits_for_a_time, -ETIMEDOUT, 0 },
	{ "clone3_cgroup_kill", kills_a_cgroup, 0, -EOPNOTSUPP },
	{ "clone3_cgroup_wait_empty", waits_for_a_cgroup, 0, 0 },
	{ "clone3_cgroup_wait_empty, for a time", waits_for_a_full_cgroup, -ETIMEDOUT, 0 },
	{ "clone3_probe", probes, 0, 0 },
};

static void goes(const void *pointer, struct outcome *outcome)
{
	const struct door *door = pointer;
	struct state before;

	scenario_begin();
	state_take(&before);
	outcome->result = door->goes();
	outcome_of_state(&before, outcome);
}

#define OF(call, what) .who = WHO_CALLER, .step = ANY_STEP, .number = SYS_##call, .argument = what
#define ANY ANY_ARGUMENT

static const struct rule rules[] = {
	{ OF(close, ANY), .verdict = AS_BEFORE, .why = "it is closed in any case" },
	{ OF(prctl, PR_GET_TID_ADDRESS), .verdict = AS_BEFORE, .why = "no thread id is repaired" },
	{ OF(gettid, ANY), .verdict = AS_BEFORE, .why = "no thread id is repaired" },
	{ OF(futex, ANY), .verdict = AS_BEFORE, .why = "no thread id is repaired" },
	{ OF(clone3, ANY), .only = "probe", .verdict = AS_BEFORE, .why = "it is an answer" },
	{ OF(clone3, CLONE_EMPTY), .error = EPERM, .verdict = WORKS, .why = "clone(2) does it" },
	{ OF(clone3, ANY), .error = ENOSYS, .verdict = AS_BEFORE, .why = "clone(2) does it" },
	{ OF(rt_sigprocmask, SIG_BLOCK << 1 | 1), .told = EINVAL,
	  .why = "the stack is taken for one outside" },
	{ OF(rt_sigprocmask, SIG_SETMASK << 1), .verdict = AS_BEFORE, .left = LEFT_MASK,
	  .why = "nothing can be done" },
	{ OF(munmap, ANY), .only = "stack_map", .verdict = AS_BEFORE, .left = LEFT_MAPPING,
	  .why = "nothing can be done" },
	{ OF(ppoll, ANY), .only = "namespace", .error = ENOMEM, .told = ESRCH,
	  .why = "it is taken for the process's end" },
	{ OF(getpid, ANY), .told = ENOSYS, .why = "/proc is taken for another's" },
	{ OF(ioctl, C3_PIDFD_GET_INFO), .only = "reaped", .told = ECHILD,
	  .why = "its pidfd does not tell" },
	{ OF(waitid, ANY), .verdict = AS_BEFORE, .why = "it is asked again, or needs no answer" },
	{ OF(clock_gettime, ANY), .only = "for a time" },
	{ OF(clock_gettime, ANY), .verdict = AS_BEFORE, .only = "wait_empty",
	  .why = "it is empty already" },
	{ OF(ppoll, ANY), .error = EINTR, .verdict = AS_BEFORE, .why = "it looks again" },
	{ OF(fstatfs, ANY), .told = EBADF, .why = "it is taken for no cgroup" },
	{ .who = WHO_CALLER,
	  .step = ANY_STEP,
	  .number = ANY_NUMBER,
	  .argument = ANY,
	  .only = "probe",
	  .verdict = AS_BEFORE,
	  .why = "it is an answer" },
};

int main(void)
{
	if (!FAULTS_CAN_BE_MADE) {
		skip("library_faults", "calls are made to fail on x86_64 only");
		return done();
	}
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		struct walk_of_faults walk = {
			.name = doors[i].name,
			.body = goes,
			.scenario = &doors[i],
			.rules = rules,
			.rule_count = sizeof(rules) / sizeof(rules[0]),
			.is_fresh = true,
		};

		walk_scenario(&walk, doors[i].result >= 0, doors[i].lacking);
	}
	ok(true, "%d scenarios, %d errors", walk_scenarios, walk_errors);
	return done();
}
