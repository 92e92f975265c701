/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A caller without capabilities, whose child in a new user namespace is not guarded, is no more open
 * through it to other users than it is itself. (To processes of the same user with another group it
 * is: they own the namespace, and the kernel asks for the group only where that is not enough.)
 */
#include "spawn_guard_user.h"

#define CALLER 65534
#define OTHER 4711

static const struct gate_call stops[] = {
	{ SYS_openat, GATE_ANY },
	{ SYS_chdir, GATE_ANY },
	{ SYS_execveat, GATE_ANY },
};

/* The last is no stranger: it shows that the test can tell. */
static const struct stranger {
	const char *name;
	uint32_t uid;
	uint32_t gid;
} strangers[] = {
	{ "another user", OTHER, OTHER },
	{ "another user of the same group", OTHER, CALLER },
	{ "the same user", CALLER, CALLER },
};
#define STRANGERS (sizeof(strangers) / sizeof(strangers[0]))

/* What is asked of a process apart, which has kept root's rights to become anybody. */
struct request {
	int wanted; /* a stranger's index + 1 */
	int answered;
	pid_t pid;
	struct tally tally;
};

struct strange_attack {
	const struct stranger *who;
	pid_t pid;
	struct tally *tally;
};

static int strange_attack(void *pointer)
{
	const struct strange_attack *attack = pointer;
	uint32_t uid = attack->who->uid, gid = attack->who->gid;

	if (syscall(SYS_setgroups, 0, NULL) != 0 || syscall(SYS_setresgid, gid, gid, gid) != 0 ||
	    syscall(SYS_setresuid, uid, uid, uid) != 0)
		return 1;
	attack_by_reading(attack->pid, attack->tally);
	attack_by_proc(attack->pid, attack->tally);
	if (uid == CALLER && gid == CALLER) /* an attached child's call would begin again */
		return 0;
	attack_by_tracing(attack->pid, true, attack->tally);
	attack_by_tracing(attack->pid, false, attack->tally);
	return 0;
}

/* Attacks on demand, until a stranger behind the last is wanted. */
static int serve_attacks(void *pointer)
{
	struct request *request = pointer;

	while (await(&request->wanted) && request->wanted <= (int)STRANGERS) {
		struct strange_attack attack = { &strangers[request->wanted - 1], request->pid,
						 &request->tally };

		memset(&request->tally, 0, sizeof(request->tally));
		apart(strange_attack, &attack);
		request->wanted = 0;
		announce(&request->answered);
	}
	return 0;
}

static struct tally strange(struct request *request, size_t who, pid_t pid)
{
	request->answered = 0;
	request->pid = pid;
	__atomic_store_n(&request->wanted, (int)who + 1, __ATOMIC_SEQ_CST);
	await(&request->answered);
	return request->tally;
}

/* In a process apart: "" or what is wrong. */
static const char *not_more_open(const void *pointer)
{
	static const struct clone3_id_range self = { 0, CALLER, 1 };
	static char fault[256];
	struct request *request = shared_memory(sizeof(*request));
	struct child server = child_start(serve_attacks, request);
	struct clone3_plan plan = plan_by_fd_for("unused");
	struct gate gate = { 0 };
	struct gate_request call;
	bool self_was_open = false, child_was_open = false;
	int count = 0;

	(void)pointer;
	if (!be_nobody())
		return "there is no becoming nobody";
	plan.steps |= CLONE3_STEP_NAMESPACES | CLONE3_STEP_DENY_SETGROUPS | CLONE3_STEP_UID_MAP |
		      CLONE3_STEP_GID_MAP | CLONE3_STEP_CWD;
	plan.namespaces = CLONE3_NEWUSER;
	plan.uid_map = plan.gid_map = &self;
	plan.uid_map_count = plan.gid_map_count = 1;
	plan.cwd = "/";
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	gate_start(&gate, &plan, stops, sizeof(stops) / sizeof(stops[0]));
	while (!fault[0] && gate_next(&gate, &call)) {
		for (size_t i = 0; i < STRANGERS; i++) {
			struct tally of_child = strange(request, i, (pid_t)call.pid);
			struct tally of_self = strange(request, i, getpid());

			if ((of_child.had && !of_self.had) ||
			    (of_child.attached && !of_self.attached))
				snprintf(fault, sizeof(fault),
					 "%s has %d read and %d attached of the child, %d and %d "
					 "of the caller",
					 strangers[i].name, (int)of_child.had,
					 (int)of_child.attached, (int)of_self.had,
					 (int)of_self.attached);
			self_was_open = self_was_open || of_self.had;
			child_was_open = child_was_open || of_child.had;
		}
		count++;
		gate_open(&gate, &call);
	}
	gate_finish(&gate);
	__atomic_store_n(&request->wanted, (int)STRANGERS + 1, __ATOMIC_SEQ_CST);
	child_reap(&server);
	if (gate.result != 0)
		return "it was not started";
	reap_code(gate.child.pid);
	if (fault[0])
		return fault;
	if (count < 5)
		return "there were too few stops";
	if (!self_was_open || !child_was_open)
		return "the same user reads neither, and so the test tells nothing";
	return fault;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_unguarded_user"))
		return done();
	secret_make();
	report_open();
	holds_apart(not_more_open, NULL, "what is closed in the caller is closed in its child");
	return done();
}
