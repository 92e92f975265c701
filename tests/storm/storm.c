/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Everything at once, for a time: storm [SECONDS]. Threads spawn plans of all kinds, good ones and
 * such that must fail, beside signals, cgroups that freeze, programs that are killed or run out of
 * memory, and times without a free descriptor or process. In the end the counts must balance, and
 * nothing may be left.
 */
#include "../c/cgroup_dir.h"
#include "../c/idmap.h"
#include "../c/nested.h"
#include "../c/signal_storm.h"
#include "../c/spawn_namespace.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#define THREADS 4 /* and one that is an ordinary user's */
#define STACKS_KEPT 16
#define OOM_LIMIT (8 << 20)
#define OOM_WANTED (64 << 20)

/* Counts of one thread; summed up in the end. */
struct counts {
	uint64_t spawns;
	uint64_t started;
	uint64_t reaped;
	uint64_t refused; /* as they should be */
	uint64_t scarce;  /* for want of a descriptor or a process, or for what came of that */
	uint64_t wrong;
	uint64_t turns[16];
};

struct thread {
	pthread_t id;
	uint32_t random;
	struct counts counts;
};

/* What a spawn must come to: an error, or an end. */
struct outcome {
	int error;
	uint64_t step;
	int code;
	int status;
	bool is_to_be_killed;
};

static const struct outcome ends_well = { .code = CLD_EXITED };

static int over;
static int is_ordinary;      /* one thread is */
static unsigned int drought; /* odd: descriptors or processes are scarce */
static struct cgroup frozen, memory;
static char memory_v1[512]; /* "" where the plan's own step leads there */
static struct pid_namespace namespace;
static bool is_root, has_namespace;

static uint32_t next_random(struct thread *thread, uint32_t below)
{
	thread->random = thread->random * 1664525 + 1013904223;
	return (thread->random >> 16) % below;
}

static int program(const char *what)
{
	if (strcmp(what, "pause") == 0)
		return child_pauses(NULL);
	if (strncmp(what, "memory", 6) == 0) {
		char *wanted;

		if (what[6] && !write_text(what + 6, "0"))
			return 3;
		wanted = malloc(OOM_WANTED);
		for (size_t i = 0; wanted && i < OOM_WANTED; i += 1024)
			((volatile char *)wanted)[i] = 1;
	}
	return 0;
}

static bool is_scarcity(int result)
{
	return result == -EMFILE || result == -ENFILE || result == -EAGAIN || result == -EBADF;
}

static void complain(struct thread *thread, const struct clone3_plan *plan, int result,
		     const struct clone3_child *child, const struct clone3_exit *end)
{
	if (thread->counts.wrong++ < 5)
		printf("# steps %llx: result %d, step %s, index %u; code %d, status %d\n",
		       (unsigned long long)plan->steps, result,
		       clone3_step_name(child->failed_step), child->failed_index, end->code,
		       end->status);
}

/* One spawn, from its start to its end. */
static void spawn(struct thread *thread, const struct clone3_plan *plan,
		  const struct outcome *outcome)
{
	struct clone3_child child = child_record();
	struct clone3_exit end = { 0 };
	unsigned int before = __atomic_load_n(&drought, __ATOMIC_SEQ_CST);
	int result = clone3_spawn(plan, &child);
	struct counts *counts = &thread->counts;
	bool is_scarce;

	counts->spawns++;
	if (result == 0) {
		counts->started++;
		if (outcome->is_to_be_killed)
			clone3_pidfd_send_signal(child.pidfd, SIGKILL, 0);
		counts->reaped += clone3_pidfd_wait(child.pidfd, 0, &end) == 1;
		close(child.pidfd);
	}
	is_scarce = before % 2 || __atomic_load_n(&drought, __ATOMIC_SEQ_CST) != before;
	if (result == 0 && !outcome->error && end.pid == child.pid && end.code == outcome->code &&
	    end.status == outcome->status)
		return;
	if (result != 0 && (child.pid != -1 || child.pidfd != -1 || child.error != -result))
		complain(thread, plan, result, &child, &end);
	else if (result != 0 && result == -outcome->error && child.failed_step == outcome->step)
		counts->refused++;
	else if (is_scarce && (result == 0 ? !outcome->error : is_scarcity(result)))
		counts->scarce++;
	else
		complain(thread, plan, result, &child, &end);
}

/* An argument vector of the plan's own, since plan_for()'s is one for all. */
static struct clone3_plan plan_of(const char *argv[4], const char *what)
{
	struct clone3_plan plan = { .size = sizeof(plan), .path = "/proc/self/exe", .argv = argv };

	argv[0] = "program";
	argv[1] = what;
	argv[2] = report_number;
	argv[3] = NULL;
	return plan;
}

static void plain(struct thread *thread)
{
	const char *argv[4];
	const struct clone3_plan plan = plan_of(argv, "end");

	spawn(thread, &plan, &ends_well);
}

static void missing(struct thread *thread)
{
	const struct outcome outcome = { .error = ENOENT, .step = CLONE3_STEP_EXEC };
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.path = "/nonexistent";
	spawn(thread, &plan, &outcome);
}

static void no_directory(struct thread *thread)
{
	const struct outcome outcome = { .error = ENOENT, .step = CLONE3_STEP_CWD };
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.steps = CLONE3_STEP_CWD | CLONE3_STEP_SESSION | CLONE3_STEP_UMASK;
	plan.cwd = "/nonexistent";
	spawn(thread, &plan, &outcome);
}

static void descriptors(struct thread *thread)
{
	const struct clone3_fd map[] = {
		{ 0, 1 }, { 1, 0 }, { 0, 7 }, { 2, 2 }, { report_fd, report_fd }
	};
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = map;
	plan.fd_count = sizeof(map) / sizeof(map[0]);
	spawn(thread, &plan, &ends_well);
}

static void killed(struct thread *thread)
{
	const struct outcome outcome = { 0, 0, CLD_KILLED, SIGKILL, true };
	const char *argv[4];
	const struct clone3_plan plan = plan_of(argv, "pause");

	spawn(thread, &plan, &outcome);
}

static void credentials(struct thread *thread)
{
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.steps = CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID;
	plan.gid = plan.uid = 65534;
	spawn(thread, &plan, &ends_well);
}

/* Root's maps have several lines, which a helper writes. */
static void maps(struct thread *thread)
{
	const struct clone3_id_range uid = { 0, getuid(), 1 }, gid = { 0, getgid(), 1 };
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_UID_MAP |
		     CLONE3_STEP_GID_MAP;
	plan.namespaces = CLONE3_NEWUSER;
	plan.uid_map = is_root ? idmap_uids : &uid;
	plan.uid_map_count = is_root ? sizeof(idmap_uids) / sizeof(idmap_uids[0]) : 1;
	plan.gid_map = is_root ? idmap_gids : &gid;
	plan.gid_map_count = is_root ? sizeof(idmap_gids) / sizeof(idmap_gids[0]) : 1;
	if (next_random(thread, 2)) {
		plan.steps |= CLONE3_STEP_HOSTNAME | CLONE3_STEP_PRIVATE_MOUNTS;
		plan.namespaces |= CLONE3_NEWUTS | CLONE3_NEWNS | CLONE3_NEWPID | CLONE3_NEWIPC;
		plan.hostname = "storm";
	}
	spawn(thread, &plan, &ends_well);
}

static void joined(struct thread *thread)
{
	const struct clone3_join join = { namespace.fd, 0, CLONE3_NEWPID };
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = &join;
	plan.join_count = 1;
	spawn(thread, &plan, &ends_well);
}

static void in_frozen(struct thread *thread)
{
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "end");

	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = frozen.fd;
	spawn(thread, &plan, &ends_well);
}

/* A cgroup's whole life: its program is killed with it. */
static void cgroup_life(struct thread *thread)
{
	const char *argv[4];
	struct clone3_plan plan = plan_of(argv, "pause");
	struct clone3_child child = child_record();
	struct clone3_exit end = { 0 };
	struct cgroup cgroup;
	int result;

	if (!cgroup_make(NULL, &cgroup)) {
		rmdir(cgroup.path); /* made, and no descriptor for it */
		return;
	}
	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = cgroup.fd;
	thread->counts.spawns++;
	result = clone3_spawn(&plan, &child);
	if (result != 0) {
		if (is_scarcity(result))
			thread->counts.scarce++;
		else
			complain(thread, &plan, result, &child, &end);
	} else {
		thread->counts.started++;
		while ((result = clone3_cgroup_kill(cgroup.fd)) == -EMFILE)
			sleep_ms(1);
		thread->counts.reaped += clone3_pidfd_wait(child.pidfd, 0, &end) == 1;
		close(child.pidfd);
		if (result == 0)
			while ((result = clone3_cgroup_wait_empty(cgroup.fd, 10000000000)) ==
			       -EMFILE)
				sleep_ms(1);
		if (result != 0 || end.code != CLD_KILLED || end.status != SIGKILL)
			complain(thread, &plan, result, &child, &end);
	}
	if (!cgroup_rmdir(&cgroup))
		complain(thread, &plan, -EBUSY, &child, &end);
	close(cgroup.fd);
}

/* The kernel kills the program in its cgroup, and not the caller, who has more. */
static void out_of_memory(struct thread *thread)
{
	const struct outcome outcome = { .code = CLD_KILLED, .status = SIGKILL };
	char what[600];
	const char *argv[4];
	struct clone3_plan plan;

	/* The kernel tells of each in its log, and looks for a while for what it could kill. */
	if (next_random(thread, 16))
		return;
	snprintf(what, sizeof(what), "memory%s", memory_v1);
	plan = plan_of(argv, what);
	if (!memory_v1[0]) {
		plan.steps = CLONE3_STEP_CGROUP;
		plan.cgroup_fd = memory.fd;
	}
	spawn(thread, &plan, &outcome);
}

static struct {
	const char *name;
	void (*run)(struct thread *thread);
	const char *missing; /* why it cannot be here, or NULL */
} kinds[] = {
	{ "plain", plain, NULL },
	{ "missing", missing, NULL },
	{ "directory", no_directory, NULL },
	{ "descriptors", descriptors, NULL },
	{ "killed", killed, NULL },
	{ "credentials", credentials, NULL },
	{ "maps", maps, NULL },
	{ "joined", joined, NULL },
	{ "frozen", in_frozen, NULL },
	{ "cgroup", cgroup_life, NULL },
	{ "memory", out_of_memory, NULL },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void *spawn_all(void *pointer)
{
	struct thread *thread = pointer;

	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		uint32_t kind = next_random(thread, KINDS);

		if (kinds[kind].missing)
			continue;
		thread->counts.turns[kind]++;
		kinds[kind].run(thread);
	}
	return NULL;
}

/* Alone, this thread has an ordinary user's ids: RLIMIT_NPROC is for it, and not for root. */
static void *spawn_as_ordinary(void *pointer)
{
	struct thread *thread = pointer;

	if (is_root && !become_nobody())
		thread->counts.wrong++;
	/* The change took it away, before any guard looks at it. */
	prctl(PR_SET_DUMPABLE, 1);
	announce(&is_ordinary);
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		uint32_t kind = next_random(thread, 5);

		thread->counts.turns[kind]++;
		kinds[kind].run(thread);
	}
	return NULL;
}

static void set_soft(int resource, const struct rlimit *limit, rlim_t soft)
{
	const struct rlimit lower = { soft < limit->rlim_max ? soft : limit->rlim_max,
				      limit->rlim_max };

	syscall(SYS_prlimit64, 0, resource, &lower, NULL);
}

/* Now and then nothing can be opened, or no process created. */
static void *make_scarce(void *unused)
{
	const int resources[] = { RLIMIT_NOFILE, RLIMIT_NPROC };
	struct rlimit limits[2];

	for (int i = 0; i < 2; i++)
		syscall(SYS_prlimit64, 0, resources[i], NULL, &limits[i]);
	for (unsigned int turn = 0; !__atomic_load_n(&over, __ATOMIC_RELAXED); turn++) {
		sleep_ms(20);
		__atomic_add_fetch(&drought, 1, __ATOMIC_SEQ_CST);
		set_soft(resources[turn % 2], &limits[turn % 2], turn % 2 ? 0 : turn % 32);
		sleep_ms(2);
		set_soft(resources[turn % 2], &limits[turn % 2], limits[turn % 2].rlim_cur);
		__atomic_add_fetch(&drought, 1, __ATOMIC_SEQ_CST);
	}
	return unused;
}

static void *freeze_and_thaw(void *stop)
{
	while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED)) {
		cgroup_write(&frozen, "cgroup.freeze", "1");
		sleep_ms(3);
		while (!cgroup_write(&frozen, "cgroup.freeze", "0"))
			sleep_ms(1);
		sleep_ms(3);
	}
	return NULL;
}

/* All threads, until @ms are over. */
static void rage(struct thread threads[THREADS + 1], long ms)
{
	bool freezes = frozen.fd >= 0;
	pthread_t freezer, scarcity;
	int stop = 0;

	over = is_ordinary = 0;
	pthread_create(&threads[THREADS].id, NULL, spawn_as_ordinary, &threads[THREADS]);
	await(&is_ordinary);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i].id, NULL, spawn_all, &threads[i]);
	pthread_create(&scarcity, NULL, make_scarce, NULL);
	if (freezes)
		pthread_create(&freezer, NULL, freeze_and_thaw, &stop);
	sleep_ms(ms);
	announce(&over);
	for (int i = 0; i <= THREADS; i++)
		pthread_join(threads[i].id, NULL);
	pthread_join(scarcity, NULL);
	announce(&stop);
	if (freezes)
		pthread_join(freezer, NULL);
}

/* A cgroup with little memory: of version 2 if that has the controller, else of version 1. */
static bool make_memory_cgroup(void)
{
	char where[512], options[512], line[2048], text[32];
	FILE *file;

	snprintf(text, sizeof(text), "%d", OOM_LIMIT);
	if (cgroup_make(NULL, &memory)) {
		cgroup_write(&memory, "memory.swap.max", "0");
		if (cgroup_write(&memory, "memory.max", text))
			return true;
		cgroup_remove(&memory);
	}
	file = fopen("/proc/mounts", "re");
	memory.path[0] = 0;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %511s cgroup %511s", where, options) == 2 &&
		    strstr(options, "memory"))
			snprintf(memory.path, sizeof(memory.path), "%.400s/libclone3-test-%d",
				 where, (int)getpid());
	if (file)
		fclose(file);
	if (!memory.path[0] || mkdir(memory.path, 0755) != 0)
		return false;
	memory.fd = open(memory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cgroup_write(&memory, "memory.swappiness", "0");
	snprintf(memory_v1, sizeof(memory_v1), "%.400s/cgroup.procs", memory.path);
	if (cgroup_write(&memory, "memory.limit_in_bytes", text))
		return true;
	cgroup_remove(&memory);
	return false;
}

static void lacks(const char *name, const char *reason)
{
	char test[64];

	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			kinds[i].missing = reason;
	snprintf(test, sizeof(test), "storm/%s", name);
	skip(test, reason);
}

static void find_out(void)
{
	bool makes_cgroups = support_here().steps & CLONE3_STEP_CGROUP &&
			     cgroup_make(NULL, &frozen);
	struct thread probe = { 0 };

	is_root = geteuid() == 0 && has_capability(TEST_CAP_SYS_ADMIN);
	if (!makes_cgroups) {
		lacks("frozen", "no birth in a cgroup, or no right to make one");
		lacks("cgroup", "no birth in a cgroup, or no right to make one");
	}
	if (!is_root)
		lacks("credentials", "needs root");
	has_namespace = is_root && pid_namespace_make(&namespace);
	if (!has_namespace)
		lacks("joined", "no pid namespace to be had");
	if (!make_memory_cgroup())
		lacks("memory", "no memory cgroup to be had");
	maps(&probe);
	if (probe.counts.wrong)
		lacks("maps", "no user namespace to be had");
}

static void balance(const struct thread threads[THREADS + 1])
{
	struct counts sum = { 0 };

	for (int i = 0; i <= THREADS; i++) {
		const struct counts *counts = &threads[i].counts;

		sum.spawns += counts->spawns;
		sum.started += counts->started;
		sum.reaped += counts->reaped;
		sum.refused += counts->refused;
		sum.scarce += counts->scarce;
		sum.wrong += counts->wrong;
		for (size_t kind = 0; kind < KINDS; kind++)
			sum.turns[kind] += counts->turns[kind];
	}
	printf("# %llu spawns: %llu started, %llu refused, %llu for want of something;",
	       (unsigned long long)sum.spawns, (unsigned long long)sum.started,
	       (unsigned long long)sum.refused, (unsigned long long)sum.scarce);
	for (size_t kind = 0; kind < KINDS; kind++)
		printf(" %s %llu", kinds[kind].name, (unsigned long long)sum.turns[kind]);
	printf("\n");
	is(sum.wrong, 0, "every outcome is right");
	is(sum.reaped, sum.started, "each one that was started was reaped");
	ok(sum.started > 100 && sum.refused > 50 && sum.scarce > 0, "there were some of each");
	for (size_t kind = 0; kind < KINDS; kind++)
		if (!kinds[kind].missing)
			ok(sum.turns[kind] > 0, "%s", kinds[kind].name);
}

static uint64_t size_kib(void)
{
	return proc_status(getpid(), getpid(), "VmSize", 10);
}

int main(int argc, char **argv)
{
	uint64_t page_kib = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	struct thread threads[THREADS + 1] = { 0 };
	long seconds = argc > 1 ? atol(argv[1]) : 10;
	struct state before;
	uint64_t size, now;

	if (argc > 2)
		return program_main(argv, program);
	alarm((unsigned int)seconds + 300);
#if defined(__GLIBC__)
	mallopt(M_ARENA_MAX, 1); /* the others' size would count as a leak */
#endif
	report_open();
	frozen.fd = memory.fd = -1;
	find_out();
	signal_storm_prepare();
	for (int i = 0; i <= THREADS; i++)
		threads[i].random = (uint32_t)i + 1;

	/* What threads and stdio need for the first time is not to count. */
	rage(threads, 500);
	state_take(&before);
	size = size_kib();
	signal_storm_start();
	rage(threads, seconds * 1000);
	signal_storm_end();
	balance(threads);

	now = size_kib();
	printf("# %llu KiB, then %llu\n", (unsigned long long)size, (unsigned long long)now);
	ok(now <= size + STACKS_KEPT * (64 + page_kib) + page_kib, "no memory but kept stacks");
	is(proc_status(getpid(), getpid(), "Threads", 10), 1, "threads");
	is(prctl(PR_GET_DUMPABLE), 1, "the caller is dumpable again");
	nothing_left(&before, "the storm");
	if (frozen.fd >= 0)
		ok(cgroup_rmdir(&frozen), "the cgroup that froze can be removed");
	if (memory.fd >= 0)
		ok(cgroup_rmdir(&memory), "the cgroup with little memory can be removed");
	if (has_namespace)
		pid_namespace_end(&namespace);
	return done();
}
