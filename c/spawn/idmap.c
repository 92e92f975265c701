/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The id maps of a new user namespace.
 *
 * The kernel lets the child write a map of one line, onto the id that made the namespace. A map
 * with more is for somebody with capabilities outside of it; and the caller, who may have them, is
 * parked. So for such a caller (the one that is guarded: see spawn.c) a helper writes them: a
 * *thread* of the caller, on a stack of its own, that knows nothing of libc. It cannot be waited
 * for or taken by anybody, it ends with the caller, and has its rights.
 *
 * Two words tell how far they are. The kernel zeroes each and wakes who waits for it when its task
 * leaves the memory (CLONE_CHILD_CLEARTID), so that nobody waits for the dead. These wakes are for
 * shared futexes, and so all waits are.
 *
 *	child_state:   C3_CHILD_BORN -> C3_CHILD_READY for the maps -> gone
 *	helper_state:  C3_HELPER_WORKING -> C3_HELPER_DECIDED -> gone
 *
 * Where the helper writes: the number that the child has in the caller's /proc, which may be of
 * another pid namespace than the caller's; the child looks it up. It could be another process's by
 * then only if the child had been reaped, and so had ended. So, with the file open, the helper
 * looks at child_state: if it is still C3_CHILD_READY, the child had not ended when the file was
 * opened, and the file is the child's, whatever becomes of the number.
 */
#include "../clone/clone.h"
#include "../deadline.h"
#include "../text.h"
#include "spawn.h"

enum { C3_GONE = 0, C3_CHILD_BORN = 1, C3_CHILD_READY = 2 };
enum { C3_HELPER_WORKING = 1, C3_HELPER_DECIDED = 2 };

/* How long a thread may take to leave its process once it has left the memory. */
#define C3_LEAVING_NS C3_NS_PER_SEC

/* How long a word is looked at before its change is slept for. */
#define C3_LOOKING_NS 100000

/* A line has at most three numbers of ten digits. */
#define C3_LONGEST_MAP (C3_MOST_ID_RANGES * 33 + 1)

static const struct {
	uint64_t step;
	const char *file;
} maps[C3_MAPS] = {
	{ CLONE3_STEP_DENY_SETGROUPS, "/setgroups" },
	{ CLONE3_STEP_UID_MAP, "/uid_map" },
	{ CLONE3_STEP_GID_MAP, "/gid_map" },
};

static uint32_t state_of(volatile uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void set_state(volatile uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	c3_syscall3(C3_NR_futex, c3_address(word), C3_FUTEX_WAKE, 1);
}

/*
 * Until the word is another; what it is then. It mostly takes less time than to sleep and to wake
 * up another CPU, and so the word is looked at for a while first. The other is often on this CPU:
 * waiting for it to be free, or made to by this. So it is given away between the looks.
 */
static uint32_t state_after(volatile uint32_t *word, uint32_t before)
{
	int64_t until = c3_now() + C3_LOOKING_NS;
	uint32_t now;

	while ((now = state_of(word)) == before)
		if (c3_now() < until)
			c3_syscall1(C3_NR_sched_yield, 0);
		else
			c3_syscall4(C3_NR_futex, c3_address(word), C3_FUTEX_WAIT, (long)before, 0);
	return now;
}

/* What to write for the step; the plan's check knows that it fits. */
static void append_map(char *text, const struct clone3_plan *plan, int map)
{
	int is_uid = maps[map].step == CLONE3_STEP_UID_MAP;
	const struct clone3_id_range *ranges = is_uid ? plan->uid_map : plan->gid_map;
	size_t count = is_uid ? plan->uid_map_count : plan->gid_map_count;

	if (maps[map].step == CLONE3_STEP_DENY_SETGROUPS) {
		c3_append(text, "deny");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		text += c3_length(text);
		c3_append_number(text, ranges[i].inside);
		c3_append(text, " ");
		c3_append_number(text, ranges[i].outside);
		c3_append(text, " ");
		c3_append_number(text, ranges[i].count);
		c3_append(text, "\n");
	}
}

/* 0 or -errno */
static int write_map(struct c3_work *work, int pid, int map)
{
	char path[32] = "/proc/";
	char text[C3_LONGEST_MAP];
	long error = -ESRCH;

	c3_append_number(path, (unsigned int)pid);
	c3_append(path, maps[map].file);
	text[0] = 0;
	append_map(text, &work->plan, map);
	work->lent_fd = c3_openat(C3_AT_FDCWD, path, C3_O_WRONLY);
	if (work->lent_fd < 0)
		return work->lent_fd;
	if (state_of(&work->child_state) == C3_CHILD_READY)
		error = c3_write(work->lent_fd, text, c3_length(text));
	c3_close(work->lent_fd);
	work->lent_fd = -1;
	return error < 0 ? (int)error : 0;
}

static void write_maps(struct c3_work *work)
{
	int pid = work->child_number;

	for (int i = 0; i < C3_MAPS; i++) {
		int error = 0;

		if (work->plan.steps & maps[i].step)
			error = pid < 0 ? pid : write_map(work, pid, i);
		work->map_errors[i] = error;
		if (error && !(work->plan.optional & maps[i].step))
			return;
	}
}

static int helper_main(void *pointer)
{
	struct c3_work *work = pointer;

	if (state_after(&work->child_state, C3_CHILD_BORN) == C3_CHILD_READY)
		write_maps(work);
	set_state(&work->helper_state, C3_HELPER_DECIDED);
	return 0;
}

/* 0 or -errno: then there is none, and nothing to end. */
int c3_helper_start(struct c3_work *work)
{
	struct c3_request request = {
		.args = {
			.flags = CLONE3_VM | CLONE3_FS | CLONE3_FILES | CLONE3_SIGHAND |
				 CLONE3_THREAD | CLONE3_SYSVSEM | CLONE3_PARENT_SETTID |
				 CLONE3_CHILD_CLEARTID,
			.parent_tid = (uintptr_t)&work->helper_tid,
			.child_tid = (uintptr_t)&work->helper_state,
			.stack_size = C3_STACK_SIZE,
		},
		.size = CLONE3_ARGS_SIZE_VER0,
	};
	int result;

	work->helper_stack = c3_stack_take();
	if (!work->helper_stack) {
		work->has_helper = 0;
		return -ENOMEM;
	}
	request.args.stack = (uintptr_t)work->helper_stack;
	work->child_state = C3_CHILD_BORN;
	work->helper_state = C3_HELPER_WORKING;
	for (int i = 0; i < C3_MAPS; i++)
		work->map_errors[i] = -EOWNERDEAD; /* until it has decided */
	result = c3_create(&request, helper_main, work);
	if (result < 0) {
		c3_stack_put(work->helper_stack);
		work->has_helper = 0;
	}
	return result < 0 ? result : 0;
}

/*
 * Before the child is reaped. The helper is out of the memory a little before it is out of the
 * process, and as long as the caller is not alone it may not, for instance, unshare(CLONE_NEWUSER).
 */
void c3_helper_end(struct c3_work *work, int has_child)
{
	long process = c3_syscall1(C3_NR_getpid, 0);
	int64_t deadline;
	uint32_t state;

	if (!has_child)
		set_state(&work->child_state, C3_GONE);
	for (state = C3_HELPER_WORKING; state != C3_GONE;)
		state = state_after(&work->helper_state, state);
	deadline = c3_now() + C3_LEAVING_NS; /* should the number be another thread's by now */
	while (c3_syscall3(C3_NR_tgkill, process, work->helper_tid, 0) == 0 && c3_now() < deadline)
		c3_syscall1(C3_NR_sched_yield, 0);
	c3_stack_put(work->helper_stack);
}

/* The child's number in the caller's /proc, or -errno. */
static int number_in_proc(const struct c3_work *work)
{
	const char *path = work->proc_fd < 0 ? "/proc/self" : "self";
	char text[16] = "";
	long length;

	if (work->proc_error)
		return work->proc_error;
	length = c3_syscall4(C3_NR_readlinkat, work->proc_fd < 0 ? C3_AT_FDCWD : work->proc_fd,
			     c3_address(path), c3_address(text), sizeof(text) - 1);

	return length < 0 ? (int)length : c3_number(text);
}

/*
 * The child waits for the helper's word. Should the caller be killed meanwhile, the child ends with
 * it: before Linux 5.16 a caller that dumps core would not wake it.
 */
static void await_helper(struct c3_work *work)
{
	if (state_of(&work->helper_state) != C3_HELPER_WORKING)
		return;
	work->child_number = number_in_proc(work);
	c3_prctl(C3_PR_SET_PDEATHSIG, C3_SIGKILL, 0);
	set_state(&work->child_state, C3_CHILD_READY);
	state_after(&work->helper_state, C3_HELPER_WORKING);
	c3_prctl(C3_PR_SET_PDEATHSIG, 0, 0);
}

static int take_map(struct c3_work *work, int map)
{
	char name[32] = "self";
	char text[C3_LONGEST_MAP];

	if (work->has_helper) {
		await_helper(work);
		return work->map_errors[map];
	}
	c3_append(name, maps[map].file);
	text[0] = 0;
	append_map(text, &work->plan, map);
	return c3_write_proc(work, name, text);
}

int c3_deny_setgroups(struct c3_work *work)
{
	return take_map(work, 0);
}

int c3_uid_map(struct c3_work *work)
{
	return take_map(work, 1);
}

int c3_gid_map(struct c3_work *work)
{
	return take_map(work, 2);
}
