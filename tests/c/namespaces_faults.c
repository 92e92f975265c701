/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Each system call of the caller, of the helper and of the child that serves namespaces is refused
 * by a filter: the step and the errno are right, and nothing is left.
 */
#include "idmap.h"
#include "nested.h"
#include "spawn_namespace.h"

#define MS_PRIVATE_TREE 0x44000 /* MS_REC | MS_PRIVATE */
#define MS_SLAVE_TREE 0x84000   /* MS_REC | MS_SLAVE */
#define MS_PROC 0xe             /* MS_NOSUID | MS_NODEV | MS_NOEXEC */
#define OPEN_TO_WRITE (O_WRONLY | O_CLOEXEC)

enum kind { MAPS, SELF_MAP, JOIN, JOIN_OOM, NESTED, NESTED_CLOSES, MOUNTS, TIME };

/* A call with an argument under a mask; @without: another that does not exist at all, or 0. */
struct fault {
	const char *name;
	enum kind kind;
	long number;
	int argument;
	uint32_t mask;
	uint32_t value;
	int answer;
	uint64_t step; /* 0: the program runs all the same */
	uint32_t index;
	int error; /* if it is not @answer */
	long without;
};

#define ALWAYS 0, 0, 0
#define IF(argument, value) argument, ~0U, value
#define OF(text) 2, ~0U, sizeof(text) - 1
#define DENY CLONE3_STEP_DENY_SETGROUPS
#define ITS_CLONE CLONE3_STEP_CLONE

static const struct fault faults[] = {
	{ "no helper", MAPS, SYS_clone, 0, CLONE_THREAD, CLONE_THREAD, EAGAIN, ITS_CLONE, 0, 0,
	  SYS_clone3 },
	{ "no clone3", MAPS, SYS_clone3, ALWAYS, EAGAIN, ITS_CLONE, 0, 0, 0 },
	{ "no setpgid", MAPS, SYS_setpgid, ALWAYS, EPERM, 0, 0, 0, 0 },
	{ "no reading the flag", MAPS, SYS_prctl, IF(0, PR_GET_DUMPABLE), EPERM, ITS_CLONE, 0, 0,
	  0 },
	{ "no guard", MAPS, SYS_prctl, IF(0, PR_SET_DUMPABLE), EPERM, ITS_CLONE, 0, 0, 0 },
	{ "no number in /proc", MAPS, SYS_readlinkat, ALWAYS, ENOENT, DENY, 0, 0, 0 },
	{ "no file of the child", MAPS, SYS_openat, IF(2, OPEN_TO_WRITE), EACCES, DENY, 0, 0, 0 },
	{ "no denying", MAPS, SYS_write, OF(IDMAP_DENY), EPERM, DENY, 0, 0, 0 },
	{ "no uids", MAPS, SYS_write, OF(IDMAP_UIDS), EPERM, CLONE3_STEP_UID_MAP, 0, 0, 0 },
	{ "no gids", MAPS, SYS_write, OF(IDMAP_GIDS), EPERM, CLONE3_STEP_GID_MAP, 0, 0, 0 },
	{ "no death signal", MAPS, SYS_prctl, IF(0, PR_SET_PDEATHSIG), EPERM, 0, 0, 0, 0 },
	{ "no looking at the thread", MAPS, SYS_tgkill, ALWAYS, EPERM, 0, 0, 0, 0 },
	{ "no capget", MAPS, SYS_capget, ALWAYS, EPERM, 0, 0, 0, 0 },

	{ "no file of its own", SELF_MAP, SYS_openat, IF(2, OPEN_TO_WRITE), EACCES, DENY, 0, 0, 0 },
	{ "no denying by itself", SELF_MAP, SYS_write, OF("deny"), EPERM, DENY, 0, 0, 0 },
	{ "no id by itself", SELF_MAP, SYS_write, OF("0 65534 1\n"), EPERM, CLONE3_STEP_UID_MAP, 0,
	  0, 0 },

	{ "the first join", JOIN, SYS_setns, IF(1, CLONE_NEWNS), EPERM, CLONE3_STEP_JOIN_NAMESPACES,
	  0, 0, 0 },
	{ "the second join", JOIN, SYS_setns, IF(1, CLONE_NEWUTS), ENOMEM,
	  CLONE3_STEP_JOIN_NAMESPACES, 1, 0, 0 },
	{ "no /proc kept open", JOIN, SYS_openat, IF(2, O_PATH | O_DIRECTORY | O_CLOEXEC), EMFILE,
	  0, 0, 0, 0 },

	{ "no /proc for a step in another's mount namespace", JOIN_OOM, SYS_openat,
	  IF(2, O_PATH | O_DIRECTORY | O_CLOEXEC), EMFILE, CLONE3_STEP_OOM_SCORE_ADJ, 0, 0, 0 },

	{ "no nested clone", NESTED, SYS_clone, 0, CLONE_PARENT, CLONE_PARENT, EAGAIN, ITS_CLONE, 0,
	  0, SYS_clone3 },
	{ "no pidfd of it", NESTED, SYS_pidfd_open, ALWAYS, EMFILE, ITS_CLONE, 0, 0, SYS_clone3 },
	{ "no nested join", NESTED, SYS_setns, ALWAYS, EINVAL, CLONE3_STEP_JOIN_NAMESPACES, 0, 0,
	  0 },
	{ "no close_range", NESTED_CLOSES, SYS_close_range, ALWAYS, ENOSYS, 0, 0, 0, 0 },
	{ "no table of its own", NESTED_CLOSES, SYS_unshare, ALWAYS, EPERM,
	  CLONE3_STEP_CLOSE_OTHERS, 0, 0, SYS_close_range },

	{ "a tree that stays shared", MOUNTS, SYS_mount, IF(3, MS_PRIVATE_TREE), EACCES,
	  CLONE3_STEP_PRIVATE_MOUNTS, 0, 0, 0 },
	{ "no mount", MOUNTS, SYS_move_mount, ALWAYS, ELOOP, CLONE3_STEP_MOUNTS, 0, 0, 0 },
	{ "no new root", MOUNTS, SYS_pivot_root, ALWAYS, EBUSY, CLONE3_STEP_PIVOT_ROOT, 0, 0, 0 },
	{ "an old root that stays shared", MOUNTS, SYS_mount, IF(3, MS_SLAVE_TREE), ENOMEM,
	  CLONE3_STEP_PIVOT_ROOT, 0, 0, 0 },
	{ "an old root that stays", MOUNTS, SYS_umount2, ALWAYS, EBUSY, CLONE3_STEP_PIVOT_ROOT, 0,
	  0, 0 },
	{ "no proc", MOUNTS, SYS_mount, IF(3, MS_PROC), EPERM, CLONE3_STEP_PROC_MOUNT, 0, 0, 0 },
	{ "no name", MOUNTS, SYS_sethostname, ALWAYS, EPERM, CLONE3_STEP_HOSTNAME, 0, 0, 0 },
	{ "no socket", MOUNTS, SYS_socket, ALWAYS, EAFNOSUPPORT, CLONE3_STEP_LOOPBACK, 0, 0, 0 },
	{ "no reading of lo", MOUNTS, SYS_ioctl, IF(1, 0x8913), ENODEV, CLONE3_STEP_LOOPBACK, 0, 0,
	  0 },
	{ "no change of lo", MOUNTS, SYS_ioctl, IF(1, 0x8914), EPERM, CLONE3_STEP_LOOPBACK, 0, 0,
	  0 },

	{ "no offsets", TIME, SYS_openat, IF(2, OPEN_TO_WRITE), EACCES, CLONE3_STEP_TIME_OFFSETS, 0,
	  0, 0 },
	{ "no writing of offsets", TIME, SYS_write, ALWAYS, ERANGE, CLONE3_STEP_TIME_OFFSETS, 0, 0,
	  0 },
};

static struct pid_namespace namespace;
static struct clone3_join joins[2];
static struct clone3_mount new_root;
static const struct clone3_id_range self = { 0, 65534, 1 };
static char directory[] = "/tmp/libclone3-faults-XXXXXX";

static struct clone3_plan plan_of(enum kind kind)
{
	struct clone3_plan plan = plan_by_fd_for("unused");
	uint64_t by_fd = CLONE3_STEP_EXEC_FD;

	switch (kind) {
	case MAPS:
		return plan_with_maps("unused");
	case SELF_MAP:
		plan.steps = by_fd | CLONE3_STEP_NAMESPACES | DENY | CLONE3_STEP_UID_MAP;
		plan.namespaces = CLONE3_NEWUSER;
		plan.uid_map = &self;
		plan.uid_map_count = 1;
		break;
	case JOIN:
	case JOIN_OOM:
		plan.steps = by_fd | CLONE3_STEP_JOIN_NAMESPACES;
		if (kind == JOIN_OOM)
			plan.steps |= CLONE3_STEP_OOM_SCORE_ADJ;
		plan.joins = joins;
		plan.join_count = 2;
		break;
	case NESTED:
	case NESTED_CLOSES:
		plan = plan_to_join(&joins[0], &namespace, "unused");
		if (kind == NESTED_CLOSES)
			plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
		break;
	case MOUNTS:
		plan.steps = by_fd | CLONE3_STEP_NAMESPACES | CLONE3_STEP_PRIVATE_MOUNTS |
			     CLONE3_STEP_MOUNTS | CLONE3_STEP_PIVOT_ROOT | CLONE3_STEP_PROC_MOUNT |
			     CLONE3_STEP_HOSTNAME | CLONE3_STEP_LOOPBACK;
		plan.namespaces = CLONE3_NEWNS | CLONE3_NEWPID | CLONE3_NEWUTS | CLONE3_NEWNET;
		plan.mounts = &new_root;
		plan.mount_count = 1;
		plan.pivot_root = directory;
		plan.hostname = "inside";
		break;
	case TIME:
		plan.steps = by_fd | CLONE3_STEP_NAMESPACES | CLONE3_STEP_TIME_OFFSETS;
		plan.namespaces = CLONE3_NEWTIME;
		plan.monotonic_offset_ns = 1000000000;
		break;
	}
	return plan;
}

/* The detached mounts are used up by each spawn that gets so far. */
static bool prepare(enum kind kind)
{
	if (kind == MOUNTS) {
		new_root.target = directory;
		new_root.mount_fd = (int)syscall(428 /* open_tree */, AT_FDCWD, "/",
						 1U | O_CLOEXEC /* OPEN_TREE_CLONE */);
		return new_root.mount_fd >= 0;
	}
	if (kind == JOIN || kind == JOIN_OOM) {
		joins[0].fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
		joins[0].namespaces = CLONE3_NEWNS;
		joins[1].fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
		joins[1].namespaces = CLONE3_NEWUTS;
	}
	return kind != SELF_MAP || be_nobody();
}

struct trial {
	const struct fault *fault; /* NULL: none */
	enum kind kind;
	bool optional;
};

static const char *fault_of_trial(const void *pointer)
{
	const struct trial *trial = pointer;
	const struct fault *fault = trial->fault;
	struct clone3_plan plan = plan_of(trial->kind);
	struct clone3_child child;
	const char *wrong;

	if (!prepare(trial->kind))
		return "it cannot be prepared";
	if (fault &&
	    ((fault->without && !refuse(fault->without, ENOSYS)) ||
	     !refuse_if(fault->number, fault->argument, fault->mask, fault->value, fault->answer)))
		return "there is no filter";
	if (!fault || !fault->step)
		return fault_of_run(&plan, 0, NULL);
	if (!trial->optional)
		return fault_of_refusal(&plan, fault->error ? fault->error : fault->answer,
					fault->step, fault->index);
	plan.optional = fault->step;
	wrong = fault_of_run(&plan, 0, &child);
	if (!wrong[0] && child.omitted != fault->step)
		return "another step was omitted";
	return wrong;
}

/* Whether the step is the only one that misses the call. */
static bool may_be_left_out(const struct fault *fault)
{
	const uint64_t steps = CLONE3_STEP_GID_MAP | CLONE3_STEP_HOSTNAME | CLONE3_STEP_LOOPBACK |
			       CLONE3_STEP_TIME_OFFSETS | CLONE3_STEP_PROC_MOUNT |
			       CLONE3_STEP_OOM_SCORE_ADJ;

	return fault->step & steps || (fault->step == DENY && fault->number == SYS_write);
}

static bool is_known(long number)
{
	return syscall(number, -1, 0, 0, 0, 0) == 0 || errno != ENOSYS;
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = { "maps",   "a map by itself",
					     "joins",  "a join with a step that needs /proc",
					     "nested", "nested, closing",
					     "mounts", "time" };
	bool works[TIME + 1];
	struct state before;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!idmap_can_be_tested("namespaces_faults") ||
	    !nested_can_be_tested("namespaces_faults", &namespace))
		return done();
	report_open();
	plan_by_fd_for("unused"); /* its descriptor */
	if (!mkdtemp(directory)) {
		skip("namespaces_faults", "no directory can be made");
		return done();
	}
	state_take(&before);
	for (int kind = 0; kind <= TIME; kind++) {
		struct trial trial = { NULL, (enum kind)kind, false };

		works[kind] = (kind != MOUNTS || is_known(SYS_move_mount)) &&
			      (kind != TIME ||
			       (proc_namespace(getpid(), "time") && time_offsets_can_be_set()));
		if (works[kind])
			holds_apart(fault_of_trial, &trial, kinds[kind]);
		else
			skip(kinds[kind], "the kernel lacks it");
	}
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const struct fault *fault = &faults[i];
		struct trial trial = { fault, fault->kind, false };

		if (!works[fault->kind])
			continue;
		holds_apart(fault_of_trial, &trial, fault->name);
		trial.optional = true;
		if (may_be_left_out(fault))
			holds_apart(fault_of_trial, &trial, "left out");
	}
	rmdir(directory);
	nothing_left(&before, "refused calls");
	pid_namespace_end(&namespace);
	return done();
}
