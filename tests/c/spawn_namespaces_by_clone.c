/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Where every clone3 is refused namespaces are made and joined by clone(2) all the same; what only
 * clone3 has is the error of its own step. The same where clone(2) knows no CLONE_PIDFD.
 */
#include "spawn_without_clone3.h"

#include <pthread.h>
#include <sys/utsname.h>

#define OFFSET_NS 1000000000000LL
#define AT_CLOCK 20
#define AT_PID 21
#define AT_UIDS 22

static int program(const char *what)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	int64_t *line = &report->value[AT_UIDS];

	for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
		char path[64];
		struct stat status;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", namespace_kinds[i].name);
		report->value[i] = stat(path, &status) == 0 ? (int64_t)status.st_ino : 0;
	}
	report->value[AT_CLOCK] = (int64_t)now_ns(CLOCK_MONOTONIC);
	report->value[AT_PID] = getpid();
	while (map && fscanf(map, "%ld %ld %ld", &line[0], &line[1], &line[2]) == 3)
		line += 3;
	if (strcmp(what, "linger") == 0)
		sleep_ms(5);
	return 0;
}

static bool no_such_call(void)
{
	return filter_clone3(ENOSYS);
}

static bool not_permitted(void)
{
	return filter_clone3(EPERM);
}

static bool without_pidfd(void)
{
	return refuse_if(SYS_clone, 0, (uint32_t)CLONE3_PIDFD, (uint32_t)CLONE3_PIDFD, EINVAL) &&
	       filter_clone3(ENOSYS);
}

/* Set for each way of refusing. */
static uint64_t emulated_always;
static int lost_error;

static bool is_root(void)
{
	return geteuid() == 0 && has_capability(TEST_CAP_SYS_ADMIN);
}

static const char *fault_of_namespaces(const struct clone3_plan *plan, uint64_t emulated,
				       struct clone3_child *child)
{
	const char *fault = fault_of_run(plan, 0, child);

	if (fault[0])
		return fault;
	if (child->omitted || child->emulated != (emulated | emulated_always))
		return "emulated or omitted: another report";
	for (size_t i = 0; i < NAMESPACE_KINDS; i++) {
		bool is_new = plan->namespaces & namespace_kinds[i].flag;
		int64_t own = (int64_t)proc_namespace(getpid(), namespace_kinds[i].name);

		if (own && (report->value[i] != own) != is_new)
			return namespace_kinds[i].name;
	}
	return "";
}

static const char *all_kinds(void)
{
	static const struct clone3_id_range ids[] = { { 0, 65534, 1 }, { 7, 0, 1 } };
	static const int64_t lines[] = { 0, 65534, 1, 7, 0, 1 };
	struct clone3_plan plan = plan_for("namespaces");
	struct clone3_child child;
	const char *fault;

	plan.steps = CLONE3_STEP_NAMESPACES;
	plan.namespaces = CLONE3_NEWCGROUP | CLONE3_NEWIPC | CLONE3_NEWNS | CLONE3_NEWNET |
			  CLONE3_NEWPID | CLONE3_NEWUTS;
	fault = fault_of_namespaces(&plan, 0, &child);
	if (!fault[0] && report->value[AT_PID] != 1)
		return "the program is not its namespace's first";
	if (fault[0])
		return fault;
	/* Several lines, so written by the helper. */
	plan.steps |= CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP | CLONE3_STEP_PRIVATE_MOUNTS |
		      CLONE3_STEP_HOSTNAME | CLONE3_STEP_LOOPBACK;
	plan.namespaces |= CLONE3_NEWUSER;
	plan.uid_map = plan.gid_map = ids;
	plan.uid_map_count = plan.gid_map_count = 2;
	plan.hostname = "by-clone";
	fault = fault_of_namespaces(&plan, 0, &child);
	if (fault[0])
		return fault;
	return memcmp(&report->value[AT_UIDS], lines, sizeof(lines)) == 0 ? "" : "another map";
}

/* clone(2) cannot; the child unshares it, and exec takes the program there. */
static const char *time_namespace(void)
{
	struct clone3_plan plan = plan_for("time");
	struct clone3_child child;
	struct utsname name;
	int major = 0, minor = 0;
	const char *fault;
	int64_t before;

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_TIME_OFFSETS;
	plan.namespaces = CLONE3_NEWTIME | CLONE3_NEWUTS;
	plan.monotonic_offset_ns = OFFSET_NS;
	uname(&name);
	if (sscanf(name.release, "%d.%d", &major, &minor) != 2 || major * 1000 + minor < 6002)
		return fault_of_refusal(&plan, ENOSYS, CLONE3_STEP_NAMESPACES, 0);
	before = (int64_t)now_ns(CLOCK_MONOTONIC);
	fault = fault_of_namespaces(&plan, CLONE3_STEP_NAMESPACES, &child);
	if (fault[0])
		return fault;
	return report->value[AT_CLOCK] - before >= OFFSET_NS ? "" : "no offset";
}

static const char *lost_steps(void)
{
	static const int32_t tid = 300000;
	static const uint64_t lost[] = { CLONE3_STEP_SET_TID, CLONE3_STEP_AUTO_REAP,
					 CLONE3_STEP_KILL_ON_CLOSE, CLONE3_STEP_NAMESPACES };
	struct clone3_plan plan = plan_for("lost");
	struct clone3_child child;
	const char *fault = "";

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]) && !fault[0]; i++) {
		bool is_tid = lost[i] == CLONE3_STEP_SET_TID;

		plan.steps = lost[i];
		plan.optional = 0;
		plan.set_tid = is_tid ? &tid : NULL;
		plan.set_tid_count = is_tid;
		plan.namespaces = lost[i] == CLONE3_STEP_NAMESPACES ? CLONE3_EMPTY_MNTNS : 0;
		fault = fault_of_refusal(&plan, lost_error, lost[i], 0);
		plan.optional = lost[i];
		if (!fault[0])
			fault = fault_of_run(&plan, 0, &child);
		if (!fault[0] && (child.omitted != lost[i] || child.emulated != emulated_always))
			fault = "it is not reported as left out";
	}
	if (fault[0])
		return fault;
	/* One among others is still told. */
	plan.steps = CLONE3_STEP_KILL_ON_CLOSE | CLONE3_STEP_SET_TID | CLONE3_STEP_UMASK;
	plan.optional = CLONE3_STEP_KILL_ON_CLOSE;
	plan.namespaces = 0;
	plan.set_tid = &tid;
	plan.set_tid_count = 1;
	fault = fault_of_refusal(&plan, lost_error, CLONE3_STEP_SET_TID, 0);
	plan.optional |= CLONE3_STEP_SET_TID;
	if (!fault[0])
		fault = fault_of_run(&plan, 0, &child);
	if (fault[0])
		return fault;
	return child.omitted == plan.optional ? "" : "two are not reported as left out";
}

static const char *failures(void)
{
	static const struct clone3_id_range ids[] = { { 0, 65534, 1 }, { 7, 0, 1 } };
	struct clone3_plan plan = plan_for("unused");
	const char *fault;

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_UID_MAP | CLONE3_STEP_CWD;
	plan.namespaces = CLONE3_NEWUSER | CLONE3_NEWPID | CLONE3_NEWNS;
	plan.uid_map = ids;
	plan.uid_map_count = 2;
	plan.cwd = "/nonexistent";
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_CWD, 0);
	plan.cwd = "/";
	plan.path = "/nonexistent";
	if (!fault[0])
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	if (fault[0] || !be_nobody())
		return fault[0] ? fault : "not nobody";
	fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_UID_MAP, 0);
	plan.steps = CLONE3_STEP_NAMESPACES;
	plan.uid_map = NULL;
	plan.uid_map_count = 0;
	plan.cwd = NULL;
	plan.namespaces = CLONE3_NEWUTS;
	return fault[0] ? fault : fault_of_refusal(&plan, EPERM, CLONE3_STEP_NAMESPACES, 0);
}

/* A process in namespaces of its own, made before clone3 is refused. */
static struct child holder;

static const char *joining(void)
{
	const struct clone3_join join = { .fd = holder.pidfd,
					  .namespaces = CLONE3_NEWPID | CLONE3_NEWUTS };
	struct clone3_plan plan = plan_for("join");
	struct clone3_child child;
	const char *fault;

	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = &join;
	plan.join_count = 1;
	fault = fault_of_run(&plan, 0, &child);
	if (fault[0])
		return fault;
	/* The pidfd of a child's child cannot come from clone(2): its table is a copy. */
	if (child.omitted || child.emulated & ~CLONE3_STEP_CLONE)
		return "another report";
	for (size_t i = 0; i < NAMESPACE_KINDS; i++)
		if (report->value[i] !=
		    (int64_t)proc_namespace(join.namespaces & namespace_kinds[i].flag ? holder.pid :
											getpid(),
					    namespace_kinds[i].name))
			return namespace_kinds[i].name;
	if (report->value[AT_PID] == child.pid)
		return "its number is the caller's namespace's";
	plan.path = "/nonexistent";
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	plan.path = "/proc/self/exe";
	if (!fault[0] && be_nobody())
		fault = fault_of_refusal(&plan, EPERM, CLONE3_STEP_JOIN_NAMESPACES, 0);
	return fault;
}

static int over;
static int taken;

static void *take_every_child(void *unused)
{
	int status;

	while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST))
		if (waitpid(-1, &status, WNOHANG) > 0)
			__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
		else
			usleep(10); /* valgrind would run no other thread */
	return unused;
}

/* Before exec no wait of another thread sees the child, and so none is taken from the caller. */
static const char *thief(void)
{
	const struct clone3_join join = { .fd = holder.pidfd, .namespaces = CLONE3_NEWPID };
	struct clone3_plan failing = plan_for("linger");
	struct clone3_plan lasting = plan_for("linger");
	struct clone3_child child;
	const char *fault = "";
	pthread_t thread;
	int started = 0;

	failing.path = "/nonexistent";
	if (pthread_create(&thread, NULL, take_every_child, NULL) != 0)
		return "no thread";
	for (int i = 0; i < 200 && !fault[0]; i++) {
		int nested = i % 4 == 3 && holder.pid > 0;

		failing.steps = nested ? CLONE3_STEP_JOIN_NAMESPACES : 0;
		failing.joins = nested ? &join : NULL;
		failing.join_count = (size_t)nested;
		if (spawn_plan(&failing, &child) != -ENOENT ||
		    child.failed_step != CLONE3_STEP_EXEC || child.pid != -1 || child.pidfd != -1)
			fault = "a failure is not told right";
		else if (i % 8 == 0) {
			if (spawn_plan(&lasting, &child) != 0)
				fault = "a program that lasts is not started";
			else
				close(child.pidfd);
			started++;
		}
	}
	for (int i = 0; i < 10000 && __atomic_load_n(&taken, __ATOMIC_SEQ_CST) < started; i++)
		usleep(200);
	announce(&over);
	pthread_join(thread, NULL);
	if (fault[0])
		return fault;
	return taken == started && has_no_child() ? "" : "another number of children was taken";
}

static void hold(void)
{
	struct clone3_args args = args_with(CLONE3_NEWPID | CLONE3_NEWUTS | CLONE3_PIDFD);

	args.pidfd = address_of(&holder.pidfd);
	holder.pid = clone3_fork(&args, sizeof(args));
	if (holder.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(child_pauses(NULL));
	}
}

static void each(bool (*refuse_clone3)(void), const char *how)
{
	without(refuse_clone3, lost_steps, how, "what is lost, alone and optional");
	if (lost_error == ENOSYS) /* the libc makes no thread where clone3 is EPERM */
		without(refuse_clone3, thief, how, "a thread that takes every child");
	if (!is_root())
		return;
	without(refuse_clone3, all_kinds, how, "all kinds of namespaces, with maps");
	without(refuse_clone3, time_namespace, how, "a time namespace with offsets");
	without(refuse_clone3, failures, how, "failures are told with their step");
	if (holder.pid > 0)
		without(refuse_clone3, joining, how, "joined ones, a pid namespace among them");
}

int main(int argc, char **argv)
{
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	alarm(60);
	report_open();
	if (!is_root())
		skip("spawn_namespaces_by_clone", "needs root, for namespaces");
	state_take(&before);
	if (is_root())
		hold();
	lost_error = ENOSYS;
	each(no_such_call, "ENOSYS");
	lost_error = EPERM;
	each(not_permitted, "EPERM");
	lost_error = ENOSYS;
	emulated_always = CLONE3_STEP_CLONE;
	each(without_pidfd, "without CLONE_PIDFD");
	if (holder.pid > 0)
		child_end(&holder);
	nothing_left(&before, "namespaces by clone(2)");
	return done();
}
