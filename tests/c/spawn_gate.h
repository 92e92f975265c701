/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A child held at a system call on its way to exec, by a filter of the calling thread that asks. */
#ifndef SPAWN_GATE_H
#define SPAWN_GATE_H

#include "old_kernel.h"
#include "spawn.h"

#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>

/* Calls at which to stop; with a first argument, or GATE_ANY. */
struct gate_call {
	long number;
	uint32_t argument;
};
#define GATE_ANY 0xffffffffU
#define GATE_CALLS 8

/* The kernel's struct seccomp_notif and struct seccomp_notif_resp. */
struct gate_request {
	uint64_t id;
	uint32_t pid;
	uint32_t flags;
	int32_t number;
	uint32_t architecture;
	uint64_t instruction;
	uint64_t arguments[6];
};

struct gate_answer {
	uint64_t id;
	int64_t value;
	int32_t error;
	uint32_t flags;
};

#define GATE_RECEIVE _IOWR('!', 0, struct gate_request)
#define GATE_SEND _IOWR('!', 1, struct gate_answer)
#define GATE_CONTINUE 1

/* One spawn, made by a thread of its own. */
struct gate {
	const struct clone3_plan *plan;
	const struct gate_call *calls;
	size_t count;
	int refused_clone3; /* errno that clone3 answers in that thread; 0: none */
	struct clone3_child child;
	int result;
	uint64_t mask_before;
	uint64_t mask_after;
	int tid;
	int listener; /* -errno where there can be none */
	int installed;
	int ended;
	pid_t held; /* the child */
	bool joined;
	pthread_t thread;
};

/* Calls of the calling thread and of what it creates are told to the holder of the value. */
static inline int gate_install(const struct gate_call *calls, size_t count)
{
	struct filter_step steps[5 * GATE_CALLS + 1];
	struct filter_program program = { 0, steps };
	size_t at = 0;
	int listener;

	for (size_t i = 0; i < count; i++) {
		bool any = calls[i].argument == GATE_ANY;

		steps[at++] = (struct filter_step){ FILTER_LOAD, 0, 0, FILTER_NUMBER };
		steps[at++] = (struct filter_step){ FILTER_IF_EQUAL, 0, 3,
						    (uint32_t)calls[i].number };
		steps[at++] = (struct filter_step){ FILTER_LOAD, 0, 0, FILTER_ARGUMENT(0) };
		steps[at++] = any ? (struct filter_step){ FILTER_AND, 0, 0, 0 } :
				    (struct filter_step){ FILTER_IF_EQUAL, 0, 1,
							  calls[i].argument };
		steps[at++] = (struct filter_step){ FILTER_ANSWER, 0, 0, FILTER_NOTIFY };
	}
	steps[at++] = (struct filter_step){ FILTER_ANSWER, 0, 0, FILTER_ALLOW };
	program.length = (uint16_t)at;
	listener = (int)syscall(SYS_seccomp, 1 /* SET_MODE_FILTER */, 8 /* NEW_LISTENER */,
				&program);
	return listener < 0 ? -errno : listener;
}

static inline void *gate_thread(void *pointer)
{
	struct gate *gate = pointer;

	gate->tid = raw_gettid();
	if (gate->refused_clone3)
		refuse(SYS_clone3, gate->refused_clone3);
	gate->listener = gate_install(gate->calls, gate->count);
	announce(&gate->installed);
	if (gate->listener >= 0) {
		gate->mask_before = raw_mask();
		gate->result = clone3_spawn(gate->plan, &gate->child);
		gate->mask_after = raw_mask();
	}
	announce(&gate->ended);
	return NULL;
}

/* Start the spawn. False where no filter can ask: the test is to be skipped. */
static inline bool gate_start(struct gate *gate, const struct clone3_plan *plan,
			      const struct gate_call *calls, size_t count)
{
	int refused = gate->refused_clone3;

	*gate = (struct gate){ .plan = plan, .calls = calls, .count = count };
	gate->refused_clone3 = refused;
	gate->child = child_record();
	if (pthread_create(&gate->thread, NULL, gate_thread, gate) != 0 ||
	    !await(&gate->installed)) {
		printf("Bail out! no thread\n");
		exit(1);
	}
	if (gate->listener >= 0)
		return true;
	pthread_join(gate->thread, NULL);
	gate->joined = true;
	return false;
}

static inline bool gate_answer(const struct gate *gate, uint64_t id, int error, uint32_t flags)
{
	struct gate_answer answer = { .id = id, .error = -error, .flags = flags };

	return syscall(SYS_ioctl, gate->listener, GATE_SEND, &answer) == 0;
}

/* Let what is held go on with its call. False if it has been killed. */
static inline bool gate_open(const struct gate *gate, const struct gate_request *request)
{
	return gate_answer(gate, request->id, 0, GATE_CONTINUE);
}

/* The next call, of the child or of the caller; false if none comes within @ms. */
static inline bool gate_receive(const struct gate *gate, struct gate_request *request, int ms)
{
	struct pollfd ready = { .fd = gate->listener, .events = POLLIN };

	memset(request, 0, sizeof(*request));
	return poll(&ready, 1, ms) > 0 && ready.revents & POLLIN &&
	       syscall(SYS_ioctl, gate->listener, GATE_RECEIVE, request) == 0;
}

/* The child's next call, which stays held; the caller's own go on. False: there are no more. */
static inline bool gate_next(struct gate *gate, struct gate_request *request)
{
	uint64_t deadline = now_ns(CLOCK_MONOTONIC) + 10000000000ULL;

	while (now_ns(CLOCK_MONOTONIC) < deadline) {
		if (gate_receive(gate, request, 10)) {
			if ((int)request->pid != gate->tid) {
				gate->held = (pid_t)request->pid;
				return true;
			}
			gate_open(gate, request);
		} else if (__atomic_load_n(&gate->ended, __ATOMIC_SEQ_CST)) {
			return false;
		}
	}
	return false;
}

/* Let everything through, until the spawn has returned and its thread is gone. False: it hangs. */
static inline bool gate_finish(struct gate *gate)
{
	uint64_t deadline = now_ns(CLOCK_MONOTONIC) + 10000000000ULL;
	struct gate_request request;

	while (!gate->joined && now_ns(CLOCK_MONOTONIC) < deadline) {
		/* musl's pthread_tryjoin_np sleeps once the thread begins to exit, which is held, too. */
		gate->joined = gate->tid && syscall(SYS_tgkill, getpid(), gate->tid, 0) != 0 &&
			       pthread_join(gate->thread, NULL) == 0;
		if (!gate->joined && gate_receive(gate, &request, 1))
			gate_open(gate, &request);
	}
	close(gate->listener);
	if (gate->joined)
		return true;
	/* The child has a copy of the listener: nobody else would ever end it. */
	if (gate->held)
		kill(gate->held, SIGKILL);
	return false;
}

/* One test: the gated spawn failed as told. */
static inline bool gate_failed(const struct gate *gate, int error, uint64_t step, uint32_t index,
			       const char *what)
{
	const struct clone3_child *child = &gate->child;
	const char *name = clone3_step_name(child->failed_step);
	bool passed = ok(gate->result == -error && child->error == error &&
				 child->failed_step == step && child->failed_index == index &&
				 child->pid == -1 && child->pidfd == -1 &&
				 gate->mask_before == gate->mask_after,
			 "%s: %s", what, strerror(error));

	if (!passed)
		printf("# result %d, error %d, step %s, index %u, pid %d, pidfd %d, mask %llx -> "
		       "%llx\n",
		       gate->result, child->error, name ? name : "?", child->failed_index,
		       child->pid, child->pidfd, (unsigned long long)gate->mask_before,
		       (unsigned long long)gate->mask_after);
	return passed;
}

#endif
