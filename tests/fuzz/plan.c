/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Fuzzes clone3_spawn(): every field of a plan, right and wrong, checked and started in a sandbox.
 * Whatever becomes of it, the report is consistent, and the caller is what it was before.
 */
#define FDS_GUARD 0
#include "sandbox.h" /* first: it wants the tests' headers */

#include "../c/fds_model.h"
#include "../c/plan_fields.h"
#include "bytes.h"

#include <sched.h>

#define PAGE 4096
#define MOST 16 /* elements of an array */

static char program[4096];   /* ends at once */
static char directory[4096]; /* where it is */
static char long_text[6000];
static int detached = -1; /* a mount that is nowhere yet */
static int pool[16];
static size_t pool_size;

/* What a plan's arrays and strings are kept in until the end. */
static void *kept[64];
static size_t kept_count;

static void *keep(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	must(kept_count < sizeof(kept) / sizeof(kept[0]), "too many");
	return kept[kept_count++] = memory;
}

static void add_to_pool(int fd)
{
	if (fd >= 0)
		pool[pool_size++] = fd;
}

static void fill_pool(void)
{
	static const char *const kinds[] = { "user", "pid", "mnt", "uts", "net" };
	const uint64_t handled = 1; /* execute */
	char path[64];

	add_to_pool(0);
	add_to_pool(open("/", O_PATH | O_CLOEXEC));
	add_to_pool(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	add_to_pool(open(program, O_PATH | O_CLOEXEC));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
		add_to_pool(open(path, O_RDONLY | O_CLOEXEC));
	}
	add_to_pool((int)syscall(SYS_pidfd_open, 1, 0));
	add_to_pool((int)syscall(444 /* landlock_create_ruleset */, &handled, sizeof(handled), 0));
	add_to_pool((int)syscall(SYS_memfd_create, "fuzz", 1));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const struct rlimit no_core = { 0, 0 };
	ssize_t length;
	int null;

	(void)argc;
	(void)argv;
	alarm(0); /* the tests' time limit */
	length = readlink("/proc/self/exe", directory, sizeof(directory) - 32);
	must(length > 0, "no path");
	*strrchr(directory, '/') = 0;
	strcpy(strrchr(directory, '/'), "/bench");
	snprintf(program, sizeof(program), "%.4000s/exit", directory);
	must(access(program, X_OK) == 0, "no %s", program);
	memset(long_text, 'a', sizeof(long_text) - 1);
	setrlimit(RLIMIT_CORE, &no_core);
	sandbox_enter();
	/* No terminal, for steps that take one over. */
	setsid();
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	close(null);
	fill_pool();
	return 0;
}

static int32_t take_fd(struct bytes *bytes)
{
	size_t which = take_byte(bytes);

	if (which < 16 * pool_size)
		return pool[which % pool_size];
	if (which < 224)
		return detached;
	if (which < 240)
		return (int32_t)which; /* closed */
	return which < 248 ? -1 : (int32_t)take_u32(bytes);
}

static const char *take_text(struct bytes *bytes)
{
	static const char *const texts[] = { "/",  ".",       "", "/proc", "/tmp", "/nonexistent",
					     NULL, long_text, "x" };
	size_t which = take_byte(bytes) % 10;
	char *text;

	if (which < 9)
		return texts[which];
	which = take_byte(bytes) % 80;
	text = keep(which + 1);
	take(bytes, text, which);
	return text;
}

/* A number around a bound, or any. */
static int32_t take_number(struct bytes *bytes, int32_t lowest, int32_t highest)
{
	uint8_t kind = take_byte(bytes);

	if (kind < 200)
		return lowest + (int32_t)((uint32_t)take_byte(bytes) %
					  ((uint32_t)highest - (uint32_t)lowest + 1U));
	if (kind < 220)
		return lowest - 1;
	return kind < 240 ? highest + 1 : (int32_t)take_u32(bytes);
}

static size_t elements; /* really there, in the array taken last */

/*
 * An array of elements of @size bytes as the input has them, with its count in *@count: more than
 * there are is only told where @limit, above which no count is believed, is known.
 */
static void *take_array(struct bytes *bytes, size_t size, size_t limit, size_t *count)
{
	uint8_t kind = take_byte(bytes);
	size_t there = kind % MOST;
	void *array = keep(there * size);

	take(bytes, array, there * size);
	*count = elements = there;
	if (kind >= 240) {
		*count = kind & 1 ? take_u32(bytes) : SIZE_MAX;
		if (kind & 2 && limit && *count > limit)
			return array;
		return NULL;
	}
	return kind >= 232 ? NULL : array;
}

static void fill_joins(struct bytes *bytes, struct clone3_plan *plan)
{
	struct clone3_join *joins = take_array(bytes, sizeof(*joins), 0, &plan->join_count);

	for (size_t i = 0; joins && i < elements; i++) {
		joins[i].fd = take_fd(bytes);
		joins[i].reserved = take_byte(bytes) < 250 ? 0 : 1;
		if (take_byte(bytes) < 240)
			joins[i].namespaces = namespace_kinds[take_byte(bytes) % 8].flag;
	}
	plan->joins = joins;
}

static const struct clone3_id_range *take_ranges(struct bytes *bytes, size_t *count)
{
	struct clone3_id_range *ranges = take_array(bytes, sizeof(*ranges), 340, count);
	bool is_tame = take_byte(bytes) < 200;

	/* What may be mapped in the sandbox, without holes. */
	for (size_t i = 0; is_tame && ranges && i < elements; i++)
		ranges[i] = (struct clone3_id_range){ (uint32_t)i, (uint32_t)i, 1 };
	return ranges;
}

static void fill_mounts(struct bytes *bytes, struct clone3_plan *plan)
{
	struct clone3_mount *mounts = take_array(bytes, sizeof(*mounts), 0, &plan->mount_count);

	for (size_t i = 0; mounts && i < elements; i++) {
		mounts[i].mount_fd = take_byte(bytes) < 128 ? detached : take_fd(bytes);
		mounts[i].reserved = take_byte(bytes) < 250 ? 0 : 1;
		mounts[i].target = take_text(bytes);
	}
	plan->mounts = mounts;
}

static void fill_fds(struct bytes *bytes, struct clone3_plan *plan)
{
	struct clone3_fd *fds = take_array(bytes, sizeof(*fds), 1 << 20, &plan->fd_count);

	for (size_t i = 0; fds && i < elements; i++) {
		fds[i].source = take_fd(bytes);
		if (fds[i].target >= 0)
			fds[i].target %= 40;
	}
	plan->fds = fds;
}

static void fill_rlimits(struct bytes *bytes, struct clone3_plan *plan)
{
	struct clone3_rlimit *limits = take_array(bytes, sizeof(*limits), 0, &plan->rlimit_count);

	for (size_t i = 0; limits && i < elements; i++) {
		limits[i].resource %= 18;
		limits[i].reserved = limits[i].reserved == 7;
	}
	plan->rlimits = limits;
}

static void fill_caps(struct bytes *bytes, struct clone3_caps *caps)
{
	uint64_t *const sets[] = { &caps->bounding, &caps->permitted, &caps->effective,
				   &caps->inheritable, &caps->ambient };

	take(bytes, caps, sizeof(*caps));
	for (size_t i = 0; i < 5; i++) {
		uint8_t kind = take_byte(bytes);

		if (kind < 200)
			*sets[i] = kind & 1 ? CLONE3_CAPS_KEEP : 0;
	}
	caps->reserved = caps->reserved == 7;
}

static void fill_filter(struct bytes *bytes, struct clone3_plan *plan)
{
	struct clone3_filter *filter = take_array(bytes, sizeof(*filter), 4096,
						  &plan->seccomp_count);
	bool is_tame = take_byte(bytes) < 128;

	/* One that lets everything pass. */
	for (size_t i = 0; is_tame && filter && i < elements; i++)
		filter[i] = (struct clone3_filter){ 6 /* return */, 0, 0, 0x7fff0000 };
	plan->seccomp = filter;
}

/* One step's fields. */
static void fill(struct bytes *bytes, struct clone3_plan *plan, uint64_t step)
{
	switch (step) {
	case CLONE3_STEP_NAMESPACES:
		for (uint8_t count = take_byte(bytes) % 5; count; count--)
			plan->namespaces |= namespace_kinds[take_byte(bytes) % 8].flag;
		if (take_byte(bytes) > 240)
			plan->namespaces |= 1ULL << take_byte(bytes) % 64;
		break;
	case CLONE3_STEP_CGROUP:
		plan->cgroup_fd = take_fd(bytes);
		break;
	case CLONE3_STEP_SET_TID:
		plan->set_tid = take_array(bytes, sizeof(*plan->set_tid), 32, &plan->set_tid_count);
		break;
	case CLONE3_STEP_IGNORE_SIGNALS:
		plan->ignore_signals = take_u64(bytes);
		break;
	case CLONE3_STEP_DEFAULT_SIGNALS:
		plan->default_signals = take_u64(bytes);
		break;
	case CLONE3_STEP_JOIN_NAMESPACES:
		fill_joins(bytes, plan);
		break;
	case CLONE3_STEP_PROCESS_GROUP:
		plan->process_group = take_number(bytes, 0, 3);
		break;
	case CLONE3_STEP_CONTROLLING_TTY:
		plan->controlling_tty_fd = take_fd(bytes);
		break;
	case CLONE3_STEP_FOREGROUND:
		plan->foreground_fd = take_fd(bytes);
		break;
	case CLONE3_STEP_UID_MAP:
		plan->uid_map = take_ranges(bytes, &plan->uid_map_count);
		break;
	case CLONE3_STEP_GID_MAP:
		plan->gid_map = take_ranges(bytes, &plan->gid_map_count);
		break;
	case CLONE3_STEP_TIME_OFFSETS:
		plan->monotonic_offset_ns = (int64_t)take_u64(bytes);
		plan->boottime_offset_ns = (int64_t)take_u64(bytes);
		break;
	case CLONE3_STEP_OOM_SCORE_ADJ:
		plan->oom_score_adj = take_number(bytes, -1000, 1000);
		break;
	case CLONE3_STEP_MOUNTS:
		fill_mounts(bytes, plan);
		break;
	case CLONE3_STEP_PIVOT_ROOT:
		plan->pivot_root = take_text(bytes);
		break;
	case CLONE3_STEP_ROOT:
		plan->root = take_text(bytes);
		break;
	case CLONE3_STEP_HOSTNAME:
		plan->hostname = take_text(bytes);
		break;
	case CLONE3_STEP_UMASK:
		plan->umask = (uint32_t)take_number(bytes, 0, 0777);
		break;
	case CLONE3_STEP_PERSONALITY:
		plan->personality = take_u32(bytes);
		break;
	case CLONE3_STEP_TIMER_SLACK:
		plan->timer_slack_ns = take_u64(bytes);
		break;
	case CLONE3_STEP_NICE:
		plan->nice = take_number(bytes, -20, 19);
		break;
	case CLONE3_STEP_SCHEDULER:
		plan->sched_policy = take_number(bytes, 0, 7);
		plan->sched_priority = take_number(bytes, 0, 99);
		if (take_byte(bytes) & 1) {
			plan->sched_flags = take_byte(bytes);
			plan->sched_runtime_ns = take_u32(bytes);
			plan->sched_deadline_ns = take_u64(bytes);
			plan->sched_period_ns = take_u64(bytes);
		}
		break;
	case CLONE3_STEP_AFFINITY:
		plan->affinity = take_array(bytes, sizeof(*plan->affinity), 65536,
					    &plan->affinity_words);
		break;
	case CLONE3_STEP_IO_PRIORITY:
		plan->io_priority = (uint32_t)take_number(bytes, 0, 7) | take_byte(bytes) % 5U
										 << 13;
		break;
	case CLONE3_STEP_FDS:
		fill_fds(bytes, plan);
		break;
	case CLONE3_STEP_RLIMITS:
		fill_rlimits(bytes, plan);
		break;
	case CLONE3_STEP_CAPABILITIES:
		fill_caps(bytes, &plan->caps);
		break;
	case CLONE3_STEP_GROUPS:
		plan->groups = take_array(bytes, sizeof(*plan->groups), 65536, &plan->group_count);
		break;
	case CLONE3_STEP_GID:
		plan->gid = (uint32_t)take_number(bytes, 0, 3);
		break;
	case CLONE3_STEP_UID:
		plan->uid = (uint32_t)take_number(bytes, 0, 3);
		break;
	case CLONE3_STEP_CWD:
		plan->cwd = take_text(bytes);
		break;
	case CLONE3_STEP_CWD_FD:
		plan->cwd_fd = take_fd(bytes);
		break;
	case CLONE3_STEP_PARENT_DEATH_SIGNAL:
		plan->parent_death_signal = take_number(bytes, 1, 64);
		break;
	case CLONE3_STEP_LANDLOCK:
		plan->landlock_fd = take_fd(bytes);
		break;
	case CLONE3_STEP_SIGNAL_MASK:
		plan->signal_mask = take_u64(bytes);
		break;
	case CLONE3_STEP_SECCOMP:
		fill_filter(bytes, plan);
		break;
	case CLONE3_STEP_EXEC_FD:
		plan->exec_fd = take_fd(bytes);
		if (take_byte(bytes) < 200)
			plan->path = plan->search_path = NULL;
		break;
	default:
		break;
	}
}

static const char *const *take_words(struct bytes *bytes)
{
	uint8_t count = take_byte(bytes) % 6;
	const char **words = keep((count + 1U) * sizeof(*words));

	for (size_t i = 0; i < count; i++)
		words[i] = "word";
	return words;
}

/* What every plan has, mostly right. */
static void fill_common(struct bytes *bytes, struct clone3_plan *plan)
{
	uint8_t kind = take_byte(bytes);

	plan->path = kind < 160 ? program : take_text(bytes);
	plan->argv = kind & 1 ? take_words(bytes) : (const char *const[]){ "exit", NULL };
	if (!(kind & 1))
		plan->argv = memcpy(keep(2 * sizeof(char *)), plan->argv, 2 * sizeof(char *));
	if (kind & 2)
		plan->envp = take_words(bytes);
	if (kind & 4) {
		plan->search_path = kind & 8 ? directory : take_text(bytes);
		if (kind & 16)
			plan->path = "exit";
	}
	if (kind == 255)
		plan->argv = NULL;
	plan->reserved = kind == 254;
}

/* Steps, mostly with what they need, of which some are optional. */
static void fill_steps(struct bytes *bytes, struct clone3_plan *plan)
{
	uint8_t kind = take_byte(bytes);

	for (uint8_t count = kind % 8; count; count--)
		plan->steps |= 1ULL << take_byte(bytes) % 49;
	if (kind > 250)
		plan->steps |= take_u64(bytes);
	if (kind & 64)
		plan->optional = take_u64(bytes) & (kind & 32 ? ~0ULL : plan->steps);
	for (int i = 0; i < 49 && kind & 8; i++)
		if (plan->steps >> i & 1) {
			const struct c3_step *step = c3_step(1ULL << i);

			plan->steps |= step->needs;
			plan->namespaces |= step->namespaces;
		}
	for (int i = 0; i < 49; i++)
		if (plan->steps >> i & 1)
			fill(bytes, plan, 1ULL << i);
}

/* Anything in the fields of a step that is not set: pointers that nobody may follow among it. */
static void garble(struct bytes *bytes, struct clone3_plan *plan)
{
	uint64_t step = plan_fields[take_byte(bytes) % PLAN_FIELDS].step;

	for (size_t i = 0; i < PLAN_FIELDS && !(plan->steps & step); i++)
		if (plan_fields[i].step == step)
			take(bytes, (unsigned char *)plan + plan_fields[i].offset,
			     plan_fields[i].size);
}

/* A struct as an older or newer caller hands it over: as many bytes as its size says may be read. */
static void *sized(struct bytes *bytes, const void *known, size_t known_size, uint64_t size)
{
	bool is_read = size >= known_size && size <= PAGE;
	unsigned char *memory = keep(is_read ? size : sizeof(size));

	memcpy(memory, known, is_read ? known_size : sizeof(size));
	memcpy(memory, &size, sizeof(size));
	if (is_read && size > known_size && take_byte(bytes) & 1)
		take(bytes, memory + known_size, size - known_size);
	return memory;
}

static uint64_t take_size(struct bytes *bytes, size_t usual)
{
	uint8_t kind = take_byte(bytes);

	if (kind < 224)
		return usual;
	return kind < 240 ? usual - 8 + kind - 224 :
			    take_u64(bytes) % (2 * PAGE) / (kind & 1 ? 1 : 8);
}

/* What a spawn must leave as it was. */
struct caller {
	struct state state;
	char hostname[256];
	struct stat root, cwd;
	struct rlimit limits[16];
	uint32_t ids[6];
	struct sigaction actions[65];
	long numbers[16];
	int mounts;
};

static void caller_take(struct caller *caller)
{
	mode_t mask = umask(0);
	size_t n = 0;

	umask(mask);
	memset(caller, 0, sizeof(*caller));
	state_take(&caller->state);
	caller->state.mapping_count = 0; /* stacks are kept */
	gethostname(caller->hostname, sizeof(caller->hostname));
	stat("/", &caller->root);
	stat(".", &caller->cwd);
	memset(&caller->root.st_atim, 0, sizeof(caller->root.st_atim));
	memset(&caller->cwd.st_atim, 0, sizeof(caller->cwd.st_atim));
	for (int i = 0; i < 16; i++)
		syscall(SYS_prlimit64, 0, i, NULL, &caller->limits[i]);
	syscall(SYS_getresuid, &caller->ids[0], &caller->ids[1], &caller->ids[2]);
	syscall(SYS_getresgid, &caller->ids[3], &caller->ids[4], &caller->ids[5]);
	for (int i = 1; i < 65; i++)
		sigaction(i, NULL, &caller->actions[i]);
	caller->numbers[n++] = (long)mask;
	caller->numbers[n++] = getpriority(PRIO_PROCESS, 0);
	caller->numbers[n++] = sched_getscheduler(0);
	caller->numbers[n++] = getsid(0);
	caller->numbers[n++] = getpgrp();
	caller->numbers[n++] = syscall(SYS_personality, 0xffffffff);
	caller->numbers[n++] = syscall(SYS_ioprio_get, 1, 0);
	caller->numbers[n++] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	caller->numbers[n++] = prctl(PR_GET_TIMERSLACK);
	caller->numbers[n++] = prctl(PR_GET_SECCOMP);
	caller->numbers[n++] = prctl(PR_GET_SECUREBITS);
	caller->numbers[n++] = (long)proc_status(getpid(), getpid(), "CapEff", 16);
	caller->mounts = mount_count();
}

/* The program is started: it is what the record says, and ends. */
static void end_program(const struct clone3_plan *plan, const struct clone3_child *child)
{
	must(child->pid > 0 && child->pidfd >= 0 && !child->error && !child->failed_step &&
		     !child->failed_index,
	     "pid %d, pidfd %d, error %d", child->pid, child->pidfd, child->error);
	must(!(child->omitted & ~(plan->optional & plan->steps)), "omitted %llx",
	     (unsigned long long)child->omitted);
	must(!(child->emulated & ~(plan->steps | CLONE3_STEP_CLONE)), "emulated %llx",
	     (unsigned long long)child->emulated);
	must(fcntl(child->pidfd, F_GETFD) == FD_CLOEXEC, "the pidfd is inherited");
	must(proc_fdinfo_pid(child->pidfd) == child->pid, "another one's pidfd");
	/* A filter may keep it from its end. */
	clone3_pidfd_send_signal(child->pidfd, SIGKILL, 0);
	must(clone3_pidfd_wait(child->pidfd, 0, NULL) == 1, "no wait");
	close(child->pidfd);
}

static void refusal(const struct clone3_plan *plan, int result, const struct clone3_child *child)
{
	uint64_t possible = plan->steps | CLONE3_STEP_CLONE | CLONE3_STEP_EXEC;

	must(child->pid == -1 && child->pidfd == -1, "pid %d, pidfd %d", child->pid, child->pidfd);
	must(child->error == -result && result < 0, "result %d, error %d", result, child->error);
	must(clone3_step_name(child->failed_step), "step %llx",
	     (unsigned long long)child->failed_step);
	must(child->failed_step & possible, "step %s", clone3_step_name(child->failed_step));
	must(!(child->failed_step & plan->optional), "an optional step, %s",
	     clone3_step_name(child->failed_step));
}

/* A plan whose size is right. */
static void spawn_known(const struct clone3_plan *plan, const struct clone3_plan *handed,
			struct clone3_child *child)
{
	static struct caller before, after;
	uint64_t step;
	uint32_t index;
	size_t at_fault = 0;
	int verdict = c3_plan_check(plan, &step, &index);
	int result;

	if (!verdict) {
		step = CLONE3_STEP_FDS;
		verdict = fds_verdict(plan->fds, plan->fd_count, &at_fault);
		index = (uint32_t)at_fault;
		caller_take(&before);
	}
	must(verdict <= 0, "verdict %d", verdict);
	result = clone3_spawn(handed, child);
	if (verdict) {
		must(result == verdict && child->error == -verdict, "result %d, want %d", result,
		     verdict);
		must(child->failed_step == step && child->failed_index == index,
		     "step %s, index %u", clone3_step_name(child->failed_step),
		     child->failed_index);
		must(child->pid == -1 && child->pidfd == -1, "pid %d, pidfd %d", child->pid,
		     child->pidfd);
		return;
	}
	if (result == 0)
		end_program(plan, child);
	else
		refusal(plan, result, child);
	must(has_no_child(), "a child is left");
	caller_take(&after);
	must(memcmp(&before, &after, sizeof(before)) == 0, "the caller is another");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	uint64_t plan_size = take_size(&bytes, sizeof(struct clone3_plan));
	uint64_t child_size = take_size(&bytes, sizeof(struct clone3_child));
	struct clone3_plan plan = { .size = plan_size };
	struct clone3_child record;
	struct clone3_plan *handed;
	struct clone3_child *child;
	uint8_t more = take_byte(&bytes);

	if (detached < 0)
		detached = detached_tmpfs();
	fill_common(&bytes, &plan);
	fill_steps(&bytes, &plan);
	if (more % 8 == 7)
		garble(&bytes, &plan);
	handed = sized(&bytes, &plan, sizeof(plan), plan_size);
	memset(&record, 0xa5, sizeof(record));
	child = sized(&bytes, &record, sizeof(record), child_size);

	bool has_tail = false;
	bool is_read = plan_size >= sizeof(plan) && plan_size <= PAGE;

	for (size_t i = sizeof(plan); is_read && i < plan_size; i++)
		has_tail |= ((unsigned char *)handed)[i] != 0;
	if (child_size < sizeof(*child)) {
		must(clone3_spawn(handed, child) == -EINVAL, "a child's size %llu",
		     (unsigned long long)child_size);
	} else if (child_size > PAGE) {
		must(clone3_spawn(handed, child) == -E2BIG, "a child's size %llu",
		     (unsigned long long)child_size);
	} else if (plan_size < sizeof(plan)) {
		must(clone3_spawn(handed, child) == -EINVAL, "a size %llu",
		     (unsigned long long)plan_size);
	} else if (plan_size > PAGE || has_tail) {
		must(clone3_spawn(handed, child) == -E2BIG, "a size %llu",
		     (unsigned long long)plan_size);
	} else {
		void *copy = keep(plan_size);

		memcpy(copy, handed, plan_size);
		spawn_known(&plan, handed, child);
		must(memcmp(copy, handed, plan_size) == 0, "the plan was changed");
		for (size_t i = sizeof(*child); i < child_size; i++)
			must(((unsigned char *)child)[i] == 0, "byte %zu of the record", i);
	}
	/* Once attached it is of no more use. */
	if (plan.steps & CLONE3_STEP_MOUNTS && detached >= 0) {
		close(detached);
		detached = -1;
	}
	while (kept_count)
		free(kept[--kept_count]);
	return 0;
}
