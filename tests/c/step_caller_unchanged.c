/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a plan does to the child it does to the child alone: the caller, seen before and after each. */
#include "spawn_namespace.h"

#define KEEP CLONE3_CAPS_KEEP

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* Everything of the caller that a step changes in its child. */
struct caller {
	mode_t mask;
	char directory[512];
	int64_t directory_inode, root_inode;
	struct rlimit limits[16];
	int nice, policy, priority, io_priority;
	cpu_set_t cpus;
	int64_t oom_score_adj;
	uint32_t ids[6];
	int group_count;
	gid_t groups[64];
	uint64_t capabilities[5];
	int securebits, keep_capabilities, no_new_privs, death_signal, subreaper, dumpable, slack;
	int session, group, personality, foreground;
	uint64_t signals[4]; /* blocked, ignored, caught, pending */
	uint64_t seccomp, filters;
	int64_t keyring;
	char cgroup[512];
	int64_t namespaces[NAMESPACE_KINDS];
	char name[80], mounts[16384], maps[3][128], offsets[128];
};

static int64_t inode(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (int64_t)status.st_ino : -1;
}

static int64_t number_in(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		text[0] = 0;
	if (fd >= 0)
		close(fd);
	return text[0] ? atoll(text) : -9999;
}

static void text_of(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, size - 1) < 0)
		text[0] = 0;
	if (fd >= 0)
		close(fd);
}

static void look(struct caller *caller)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	static const char *const signals[] = { "SigBlk", "SigIgn", "SigCgt", "ShdPnd" };
	struct sched_param parameter = { 0 };
	pid_t self = getpid();

	memset(caller, 0, sizeof(*caller));
	caller->mask = umask(0);
	umask(caller->mask);
	if (!getcwd(caller->directory, sizeof(caller->directory)))
		caller->directory[0] = 0;
	caller->directory_inode = inode(".");
	caller->root_inode = inode("/");
	for (unsigned int i = 0; i < 16; i++)
		syscall(SYS_prlimit64, 0, i, NULL, &caller->limits[i]);
	caller->nice = getpriority(PRIO_PROCESS, 0);
	caller->policy = (int)syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_sched_getparam, 0, &parameter);
	caller->priority = parameter.sched_priority;
	caller->io_priority = (int)syscall(SYS_ioprio_get, 1, 0);
	sched_getaffinity(0, sizeof(caller->cpus), &caller->cpus);
	caller->oom_score_adj = number_in("/proc/self/oom_score_adj");
	getresuid(&caller->ids[0], &caller->ids[1], &caller->ids[2]);
	getresgid(&caller->ids[3], &caller->ids[4], &caller->ids[5]);
	caller->group_count = getgroups(64, caller->groups);
	for (int i = 0; i < 5; i++)
		caller->capabilities[i] = proc_status(self, self, sets[i], 16);
	for (int i = 0; i < 4; i++)
		caller->signals[i] = proc_status(self, self, signals[i], 16);
	caller->seccomp = proc_status(self, self, "Seccomp", 10);
	caller->filters = proc_status(self, self, "Seccomp_filters", 10);
	caller->securebits = prctl(PR_GET_SECUREBITS);
	caller->keep_capabilities = prctl(PR_GET_KEEPCAPS);
	caller->no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	prctl(PR_GET_PDEATHSIG, &caller->death_signal);
	prctl(PR_GET_CHILD_SUBREAPER, &caller->subreaper);
	caller->dumpable = prctl(PR_GET_DUMPABLE);
	caller->slack = prctl(PR_GET_TIMERSLACK);
	caller->session = getsid(0);
	caller->group = getpgid(0);
	caller->personality = (int)syscall(SYS_personality, 0xffffffff);
	caller->keyring = syscall(SYS_keyctl, 0, -3, 0);
	text_of("/proc/self/cgroup", caller->cgroup, sizeof(caller->cgroup));
	namespaces_here(caller->namespaces);
	gethostname(caller->name, sizeof(caller->name) - 1);
	text_of("/proc/self/mountinfo", caller->mounts, sizeof(caller->mounts));
	text_of("/proc/self/uid_map", caller->maps[0], sizeof(caller->maps[0]));
	text_of("/proc/self/gid_map", caller->maps[1], sizeof(caller->maps[1]));
	text_of("/proc/self/setgroups", caller->maps[2], sizeof(caller->maps[2]));
	text_of("/proc/self/timens_offsets", caller->offsets, sizeof(caller->offsets));
}

/* The first thing that differs. */
static const char *difference(const struct caller *a, const struct caller *b)
{
#define SAME(member)                                                                               \
	if (memcmp(&a->member, &b->member, sizeof(a->member)) != 0)                                \
	return #member
	SAME(mask);
	SAME(directory);
	SAME(directory_inode);
	SAME(root_inode);
	SAME(limits);
	SAME(nice);
	SAME(policy);
	SAME(priority);
	SAME(io_priority);
	SAME(cpus);
	SAME(oom_score_adj);
	SAME(ids);
	SAME(group_count);
	SAME(groups);
	SAME(capabilities);
	SAME(securebits);
	SAME(keep_capabilities);
	SAME(no_new_privs);
	SAME(death_signal);
	SAME(subreaper);
	SAME(dumpable);
	SAME(slack);
	SAME(session);
	SAME(group);
	SAME(personality);
	SAME(signals);
	SAME(seccomp);
	SAME(filters);
	SAME(keyring);
	SAME(cgroup);
	SAME(namespaces);
	SAME(name);
	SAME(mounts);
	SAME(maps);
	SAME(offsets);
#undef SAME
	return "";
}

static const uint64_t first_cpu[1] = { 1 };
static const uint32_t groups[] = { 7 };
static const struct clone3_rlimit limits[] = { { RLIMIT_CORE, 0, 1, 1 },
					       { RLIMIT_NOFILE, 0, 200, 200 },
					       { RLIMIT_CPU, 0, 77, 77 },
					       { RLIMIT_FSIZE, 0, 1 << 20, 1 << 20 } };
static const struct clone3_filter allow[] = { { 0x06, 0, 0, 0x7fff0000 } };
static struct clone3_fd map[] = { { 0, 150 }, { 1, 151 } };

/* A plan of a kind; @plan has no step yet. */
static void signals(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_IGNORE_SIGNALS | CLONE3_STEP_DEFAULT_SIGNALS |
		       CLONE3_STEP_SIGNAL_MASK;
	plan->ignore_signals = 1ULL << (SIGUSR1 - 1);
	plan->default_signals = 1ULL << (SIGHUP - 1);
	plan->signal_mask = 1ULL << (SIGTERM - 1);
}

static void session(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_SESSION;
}

static void process_group(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_PROCESS_GROUP;
}

static void files(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_UMASK | CLONE3_STEP_CWD | CLONE3_STEP_FDS |
		       CLONE3_STEP_CLOSE_OTHERS;
	plan->umask = 0135;
	plan->cwd = "/tmp";
	plan->fds = map;
	plan->fd_count = 2;
}

static void root(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_ROOT;
	plan->root = "/proc/self/root/../..";
}

static void another_root(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_ROOT;
	plan->root = "/usr";
}

static void prctls(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_PERSONALITY | CLONE3_STEP_SUBREAPER | CLONE3_STEP_TIMER_SLACK |
		       CLONE3_STEP_PARENT_DEATH_SIGNAL | CLONE3_STEP_NO_NEW_PRIVS;
	plan->personality = 0x0040000; /* ADDR_NO_RANDOMIZE */
	plan->timer_slack_ns = 4242;
	plan->parent_death_signal = SIGUSR2;
}

static void priorities(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_NICE | CLONE3_STEP_SCHEDULER | CLONE3_STEP_AFFINITY |
		       CLONE3_STEP_IO_PRIORITY | CLONE3_STEP_OOM_SCORE_ADJ;
	plan->nice = 19; /* what everybody may have */
	plan->sched_policy = SCHED_BATCH;
	plan->affinity = first_cpu;
	plan->affinity_words = 1;
	plan->io_priority = 2 << 13 | 1;
	plan->oom_score_adj = 33;
}

static void resources(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_RLIMITS;
	plan->rlimits = limits;
	plan->rlimit_count = sizeof(limits) / sizeof(limits[0]);
}

static void filter(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_NO_NEW_PRIVS | CLONE3_STEP_SECCOMP;
	plan->seccomp = allow;
	plan->seccomp_count = 1;
}

static void keyring(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_KEYRING;
	plan->optional |= CLONE3_STEP_KEYRING; /* a kernel without keys */
}

static void user_namespace(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_PRIVATE_MOUNTS | CLONE3_STEP_PROC_MOUNT | CLONE3_STEP_HOSTNAME |
		       CLONE3_STEP_LOOPBACK;
	plan->namespaces = namespaces_known() & ~CLONE3_NEWTIME;
	plan->hostname = "another-name";
	map_own_ids(plan, 0);
}

static void time_namespace(struct clone3_plan *plan)
{
	if (!(support_here().flags & CLONE3_NEWTIME) || !time_offsets_can_be_set())
		return;
	plan->steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_TIME_OFFSETS;
	plan->namespaces = CLONE3_NEWTIME | CLONE3_NEWUSER;
	plan->monotonic_offset_ns = plan->boottime_offset_ns = 1000000000000;
}

/* As root. */
static void new_namespaces(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS |
		       CLONE3_STEP_PROC_MOUNT | CLONE3_STEP_HOSTNAME | CLONE3_STEP_LOOPBACK;
	plan->namespaces = namespaces_known() & ~(CLONE3_NEWTIME | CLONE3_NEWUSER);
	plan->hostname = "another-name";
}

static void own_namespaces(struct clone3_plan *plan)
{
	static struct clone3_join join = { .fd = -1 };

	if (join.fd < 0)
		join.fd = clone3_pidfd_open(getpid(), 0);
	join.namespaces = namespaces_known() & ~(CLONE3_NEWTIME | CLONE3_NEWUSER);
	plan->steps |= CLONE3_STEP_JOIN_NAMESPACES;
	plan->joins = &join;
	plan->join_count = 1;
}

static void id_maps(struct clone3_plan *plan)
{
	static const struct clone3_id_range ranges[] = { { 0, 1000, 5 }, { 5, 0, 1 } };

	plan->steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP |
		       CLONE3_STEP_UID | CLONE3_STEP_GID | CLONE3_STEP_GROUPS;
	plan->namespaces = CLONE3_NEWUSER;
	plan->uid_map = plan->gid_map = ranges;
	plan->uid_map_count = plan->gid_map_count = 2;
}

static void credentials(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID;
	plan->groups = groups;
	plan->group_count = 1;
	plan->gid = plan->uid = 65534;
}

static void capabilities(struct clone3_plan *plan)
{
	credentials(plan);
	plan->steps |= CLONE3_STEP_CAPABILITIES;
	plan->caps = (struct clone3_caps){ 0x3, 0x3, 0x1, 0x3, 0x2, 0x2f, 0 };
}

static void few_capabilities(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_CAPABILITIES;
	plan->caps = (struct clone3_caps){ KEEP, 0, 0, 0, 0, (uint32_t)KEEP, 0 };
}

static void real_time(struct clone3_plan *plan)
{
	plan->steps |= CLONE3_STEP_SCHEDULER | CLONE3_STEP_IO_PRIORITY;
	plan->sched_policy = SCHED_FIFO;
	plan->sched_priority = 2;
	plan->io_priority = 1 << 13 | 4;
}

static const struct kind {
	const char *name;
	void (*add)(struct clone3_plan *plan);
	bool needs_root;
	bool needs_namespaces; /* that are for everybody */
} kinds[] = {
	{ "signals", signals, false, false },
	{ "session", session, false, false },
	{ "process group", process_group, false, false },
	{ "files", files, false, false },
	{ "prctls", prctls, false, false },
	{ "priorities", priorities, false, false },
	{ "resources", resources, false, false },
	{ "filter", filter, false, false },
	{ "keyring", keyring, false, false },
	{ "user namespace", user_namespace, false, true },
	{ "time namespace", time_namespace, false, true },
	{ "new namespaces", new_namespaces, true, false },
	{ "own namespaces", own_namespaces, true, false },
	{ "id maps", id_maps, true, false },
	{ "the old root", root, true, false },
	{ "another root", another_root, true, false },
	{ "credentials", credentials, true, false },
	{ "capabilities", capabilities, true, false },
	{ "few capabilities", few_capabilities, true, false },
	{ "real time", real_time, true, false },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* As a success, as a failure at the very end, and as one of exec. */
static const char *try(const struct kind *kind, int way, struct clone3_plan plan)
{
	static char fault[600];
	struct caller before, after;
	struct clone3_child child;
	const char *differs;
	int result;

	kind->add(&plan);
	if (way == 1) { /* the last step that can fail; it does so after all others */
		static const struct clone3_filter bad[] = { { 0xffff, 0, 0, 0 } };

		plan.steps |= CLONE3_STEP_SECCOMP;
		plan.seccomp = bad;
		plan.seccomp_count = 1;
	} else if (way == 2) {
		plan.steps &= ~CLONE3_STEP_EXEC_FD;
		plan.exec_fd = 0;
		plan.path = "/no/such/program";
	}
	look(&before);
	result = spawn_plan(&plan, &child);
	if (result == 0) {
		clone3_pidfd_wait(child.pidfd, 0, NULL);
		close(child.pidfd);
	}
	look(&after);
	differs = difference(&before, &after);
	fault[0] = 0;
	if (way == 0 && result != 0)
		snprintf(fault, sizeof(fault), "%s: %d of %s", kind->name, result,
			 clone3_step_name(child.failed_step));
	else if (way == 1 && child.failed_step != CLONE3_STEP_SECCOMP)
		snprintf(fault, sizeof(fault), "%s: no failure of seccomp: %d", kind->name, result);
	else if (way == 2 && child.failed_step != CLONE3_STEP_EXEC)
		snprintf(fault, sizeof(fault), "%s: no failure of exec: %d of %s", kind->name,
			 result, result ? clone3_step_name(child.failed_step) : "none");
	else if (*differs)
		snprintf(fault, sizeof(fault), "%s: the caller's %s changed", kind->name, differs);
	else if (!has_no_child())
		snprintf(fault, sizeof(fault), "%s: a child is left", kind->name);
	return fault;
}

static const char *each_way(const struct kind *kind)
{
	const char *fault = "";

	for (int way = 0; way < 3 && !*fault; way++)
		fault = try(kind, way, plan_by_fd_for("unchanged"));
	return fault;
}

static const char *each_as_nobody(const void *has_namespaces)
{
	const char *fault = "";

	if (!be_nobody())
		return "cannot become another user";
	for (size_t i = 0; i < KINDS && !*fault; i++)
		if (!kinds[i].needs_root &&
		    (!kinds[i].needs_namespaces || *(const bool *)has_namespaces))
			fault = each_way(&kinds[i]);
	return fault;
}

static void handler(int signo)
{
	(void)signo;
}

int main(int argc, char **argv)
{
	sigset_t blocked;

	if (argc > 1)
		return program_main(argv, program);
	report_open();

	/* A caller that is not as everyone is. */
	umask(031);
	if (chdir("/var") != 0)
		return 1;
	signal(SIGUSR1, handler);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	raise(SIGUSR2);
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	prctl(PR_SET_TIMERSLACK, 99999);
	map[1].source = map[1].target = report_fd;

	bool is_root = geteuid() == 0 && has_capability(7 /* CAP_SETUID */) &&
		       has_capability(18 /* CAP_SYS_CHROOT */) &&
		       has_capability(23 /* CAP_SYS_NICE */);

	bool has_namespaces = ordinary_users_may();

	for (size_t i = 0; i < KINDS; i++) {
		bool may = (is_root || !kinds[i].needs_root) &&
			   (has_namespaces || !kinds[i].needs_namespaces);
		const char *fault = may ? each_way(&kinds[i]) : "";

		if (!ok(!*fault, "%s: three ways, and the caller is as it was", kinds[i].name))
			printf("# %s\n", fault);
	}
	if (is_root)
		holds_apart(each_as_nobody, &has_namespaces, "all of that as an ordinary user");
	else
		skip("step_caller_unchanged/root", "needs root, with its rights");
	return done();
}
