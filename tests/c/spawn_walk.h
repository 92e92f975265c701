/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A spawn that is walked through call by call: who is who among the tasks that a gate holds. */
#ifndef SPAWN_WALK_H
#define SPAWN_WALK_H

#include "core_dump.h"
#include "spawn_gate.h"

/* The helper is a thread of the caller's process; a nested child is its second child. */
enum role { ROLE_CALLER, ROLE_HELPER, ROLE_CHILD, ROLE_NESTED };

/* How far a spawn has come, by what the gate was told. @gate->held is the latest child. */
struct walk {
	struct gate *gate;
	pid_t process; /* the caller's */
	pid_t child;   /* the first */
	bool child_waits;
	struct gate_request request; /* that is held */
};

static inline enum role role_of(struct walk *walk, pid_t tid)
{
	if (tid == walk->gate->tid)
		return ROLE_CALLER;
	if (proc_status(tid, tid, "Tgid", 10) == (uint64_t)walk->process)
		return ROLE_HELPER;
	if (!walk->child)
		walk->child = tid;
	return tid == walk->child ? ROLE_CHILD : ROLE_NESTED;
}

/*
 * Lets everything through up to the @nth call of @role (from 0), which stays held. False: the spawn
 * has returned.
 */
static inline bool walk_to(struct walk *walk, enum role role, int nth)
{
	struct gate *gate = walk->gate;
	struct gate_request *request = &walk->request;
	uint64_t deadline = now_ns(CLOCK_MONOTONIC) + 10000000000ULL;

	while (now_ns(CLOCK_MONOTONIC) < deadline) {
		enum role who;

		if (!gate_receive(gate, request, 10)) {
			if (__atomic_load_n(&gate->ended, __ATOMIC_SEQ_CST))
				return false;
			continue;
		}
		who = role_of(walk, (pid_t)request->pid);
		if (who >= ROLE_CHILD) {
			gate->held = (pid_t)request->pid;
			walk->child_waits = request->number == SYS_futex &&
					    request->arguments[1] == RAW_FUTEX_WAIT;
		}
		if (who == role && nth-- == 0)
			return true;
		gate_open(gate, request);
	}
	ok(false, "a spawn hangs");
	return false;
}

/* The calling thread's spawn, or one that a thread of this process makes. */
static inline bool walk_start(struct walk *walk, struct gate *gate, const struct clone3_plan *plan,
			      const struct gate_call *calls, size_t count)
{
	*walk = (struct walk){ .gate = gate, .process = getpid() };
	return gate_start(gate, plan, calls, count);
}

/*
 * A caller in a process apart, which is to be killed. Its second thread has no signal blocked, so
 * that it can also be made to dump core.
 */
struct doomed {
	struct gate gate;
	struct core_dump dump;
	int listener;
};

static inline void *doomed_pauses(void *unused)
{
	child_pauses(unused);
	return NULL;
}

static inline int doomed_spawns(void *pointer)
{
	struct doomed *doomed = pointer;
	struct gate *gate = &doomed->gate;
	struct rlimit limit = { doomed->dump.limit, doomed->dump.limit };
	pthread_t thread;

	if (chdir(doomed->dump.directory) != 0 || setrlimit(RLIMIT_CORE, &limit) != 0 ||
	    pthread_create(&thread, NULL, doomed_pauses, NULL) != 0)
		return 1;
	gate->tid = getpid();
	doomed->listener = gate_install(gate->calls, gate->count);
	announce(&gate->installed);
	gate->child = child_record();
	gate->result = clone3_spawn(gate->plan, &gate->child);
	announce(&gate->ended);
	if (gate->result == 0)
		reap(gate->child.pid);
	return 0;
}

/* All goes on until this process, the orphans' reaper, has no child any more. False: one stays. */
static inline bool orphans_end(const struct gate *gate)
{
	uint64_t deadline = now_ns(CLOCK_MONOTONIC) + 5000000000ULL;
	struct gate_request request;
	int status;

	while (now_ns(CLOCK_MONOTONIC) < deadline) {
		if (waitpid(-1, &status, __WALL | WNOHANG) == -1 && errno == ECHILD)
			return true;
		if (gate_receive(gate, &request, 1))
			gate_open(gate, &request);
	}
	return false;
}

/* For a process of its own: "": no orphan stays; "end": there is no such call; or what is wrong. */
struct doom {
	const struct clone3_plan *plan;
	const struct gate_call *calls;
	size_t count;
	enum role role;
	int nth;
	int signo;
	const struct core_dump *dump;
};

static inline const char *caller_killed(const void *pointer)
{
	const struct doom *doom = pointer;
	struct doomed *doomed = shared_memory(sizeof(*doomed));
	struct walk walk = { .gate = &doomed->gate };
	struct child process;
	const char *fault = "";
	bool held;

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	doomed->gate = (struct gate){ .plan = doom->plan,
				      .calls = doom->calls,
				      .count = doom->count };
	doomed->dump = *doom->dump;
	process = child_start(doomed_spawns, doomed);
	walk.process = process.pid;
	if (!await(&doomed->gate.installed) || doomed->listener < 0)
		return "there is no filter";
	doomed->gate.listener = clone3_pidfd_getfd(process.pidfd, doomed->listener);
	if (doomed->gate.listener < 0)
		return "the filter is not to be had";
	held = walk_to(&walk, doom->role, doom->nth);
	if (held) {
		kill(process.pid, doom->signo);
		if (reap_code(process.pid) != -doom->signo)
			fault = "the caller did not die of the signal";
		gate_open(&doomed->gate, &walk.request);
	}
	if (!orphans_end(&doomed->gate))
		fault = "an orphan stays for ever";
	return held || fault[0] ? fault : "end";
}

/* One test for each call of the role: the caller is killed there, and all that it made ends. */
static inline int callers_killed(struct doom doom, const char *what)
{
	char *fault = shared_memory(512);
	struct apart_call call = { caller_killed, &doom, fault };

	for (doom.nth = 0; doom.nth < 200; doom.nth++) {
		apart(apart_fault, &call);
		if (strcmp(fault, "end") == 0)
			break;
		if (!ok(!fault[0], "signal %d at call %d of %s", doom.signo, doom.nth, what))
			printf("# %s\n", fault);
	}
	munmap(fault, 512);
	return doom.nth;
}

#endif
