/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A tracer that makes one system call of a scenario fail, or kills who makes it: the list of calls
 * is what it sees in a run of the scenario without a fault.
 *
 * The scenario runs in a process of its own, which stops itself right before what is to be tested,
 * and makes the call FAULTS_END right after. Only what lies between is traced. A program that was
 * started is left alone from its exec on.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include "nested.h"
#include "spawn_namespace.h"

#include "../../c/clone/clone.h"
#include "../../c/spawn/spawn.h"

#include <sys/ptrace.h>
#include <sys/time.h>
#ifdef __x86_64__
#include <sys/user.h>
#endif

#define FAULTS_END 0x7a6a /* no system call has this number */
#define FAULTS_SECONDS 10 /* a run that takes longer hangs */
#define FAULTS_CALLS 4096

#ifndef PTRACE_GET_SYSCALL_INFO
#define PTRACE_GET_SYSCALL_INFO 0x420e
#endif

/* The thread under test; the one that writes its child's maps; its child; and that one's. */
enum faults_who { WHO_CALLER, WHO_HELPER, WHO_CHILD, WHO_NESTED, WHO_UNKNOWN };
static const char *const faults_who_names[] = { "caller", "helper", "child", "nested child" };

/* How far the caller is, where a child would have its step. */
#define PHASE_BEFORE 0 /* there is no child */
#define PHASE_AFTER 1  /* there was one */
#define PHASE_FAILED 2 /* and it told an error, or was killed */

/* The kernel's struct ptrace_syscall_info up to the arguments of an entry. */
struct faults_info {
	uint8_t op; /* 1: entry, 2: exit */
	uint8_t unused[3];
	uint32_t architecture;
	uint64_t instruction_pointer;
	uint64_t stack_pointer;
	struct {
		uint64_t number;
		uint64_t arguments[6];
	} entry;
};

/*
 * A place: who makes which call, in which step (a helper and a caller: in which phase), for which
 * time. @argument is what tells this kind of the call from others: see faults_argument().
 */
struct place {
	enum faults_who who;
	uint64_t step;
	long number;
	uint64_t argument;
	int nth;
};

enum faults_way { FAULT_ERROR, FAULT_ERROR_AFTER, FAULT_KILL };

struct fault {
	struct place place;
	enum faults_way way;
	int error;
};

/* What came back, told by the scenario's process. */
struct outcome {
	int ended; /* it came to its end */
	int result;
	struct clone3_child child;
	long mapped; /* pages */
	int left;    /* LEFT_* */
	char wrong[256];
};

#define LEFT_DESCRIPTOR 1
#define LEFT_MASK 2
#define LEFT_DUMPABLE 4
#define LEFT_CHILD 8
#define LEFT_MAPPING 16
#define LEFT_TASK 32 /* that had to be gone when the call returned */

struct run {
	struct place calls[FAULTS_CALLS];
	size_t count;
	size_t reached; /* how many of the faults */
	bool hangs;
	struct outcome *outcome;
};

struct tracee {
	pid_t pid;
	enum faults_who who;
	bool is_waiting; /* for its parent to tell who it is */
	bool has_begun;
	size_t call;
	const struct fault *fault; /* of the call */
	bool is_answered;          /* the call is the tracer's */
};

#define FAULTS_TRACEES 8

struct tracer {
	struct run *run;
	const struct fault *faults;
	size_t fault_count;
	pid_t scenario;
	int memory; /* of the scenario's process */
	uint64_t work;
	bool has_child;
	bool was_killed;
	struct tracee tracees[FAULTS_TRACEES];
};

static volatile sig_atomic_t faults_late;

static inline void faults_on_alarm(int signo)
{
	(void)signo;
	faults_late = 1;
}

static inline bool same_kind(const struct place *a, const struct place *b)
{
	return a->who == b->who && a->step == b->step && a->number == b->number &&
	       a->argument == b->argument;
}

static inline bool faults_read(const struct tracer *tracer, uint64_t address, void *to, size_t size)
{
	return pread(tracer->memory, to, size, (off_t)address) == (ssize_t)size;
}

/* Kinds of clones. */
enum { CLONE_EMPTY, CLONE_OF_HELPER, CLONE_OF_NOBODY, CLONE_OF_CHILD, CLONE_OF_NESTED };

static inline uint64_t clone_kind(uint64_t flags, uint64_t pidfd)
{
	if (flags & CLONE3_THREAD)
		return CLONE_OF_HELPER;
	if (flags & CLONE3_PARENT)
		return CLONE_OF_NESTED;
	return flags & CLONE3_PIDFD && pidfd == C3_NOWHERE ? CLONE_OF_NOBODY : CLONE_OF_CHILD;
}

#define PRCTL(option, argument) ((uint64_t)(option) << 8 | (uint64_t)(argument))

/* What tells one use of a system call from another. */
static inline uint64_t faults_argument(struct tracer *tracer, long number, const uint64_t *a)
{
	struct clone3_args args = { 0 };

	switch (number) {
	case SYS_clone3:
		if (!a[0])
			return CLONE_EMPTY;
		if (!faults_read(tracer, a[0], &args, CLONE3_ARGS_SIZE_VER0))
			return ~0ULL;
		return clone_kind(args.flags, args.pidfd);
	case SYS_clone:
		return clone_kind(a[0], a[2]);
	case SYS_prctl:
		return a[0] == PR_CAP_AMBIENT || a[0] == PR_SET_DUMPABLE ? PRCTL(a[0], a[1]) : a[0];
	case SYS_keyctl:
	case SYS_seccomp:
		return a[0];
	case SYS_ioctl:
	case SYS_fcntl:
	case SYS_futex:
		return a[1];
	case SYS_close_range:
	case SYS_openat:
		return a[2];
	case SYS_mount:
	case SYS_waitid:
		return a[3];
	case SYS_rt_sigprocmask:
		return a[0] << 1 | (a[2] != 0);
	case SYS_rt_sigaction:
		return a[1] != 0;
	case SYS_prlimit64:
		return a[2] != 0;
	case SYS_setpgid:
		return a[0] == INT32_MAX ? 1 : (a[0] != 0) * 2;
	default:
		return 0;
	}
}

/* Where the work lies: right above the child's stack. */
static inline void faults_find_work(struct tracer *tracer, long number, const uint64_t *a)
{
	struct clone3_args args = { 0 };

	if (number == SYS_clone3 && a[0] &&
	    faults_read(tracer, a[0], &args, CLONE3_ARGS_SIZE_VER0) && args.flags & CLONE3_VM &&
	    !(args.flags & (CLONE3_THREAD | CLONE3_PARENT)))
		tracer->work = args.stack + args.stack_size;
	if (number == SYS_clone && a[0] & CLONE3_VM && !(a[0] & (CLONE3_THREAD | CLONE3_PARENT)))
		tracer->work = a[1];
}

static inline uint64_t faults_step(const struct tracer *tracer, enum faults_who who)
{
	uint64_t step = 0;
	int32_t error = 0;

	if (who == WHO_HELPER)
		return 0;
	if (who == WHO_CALLER) {
		if (!tracer->has_child || !tracer->work)
			return PHASE_BEFORE;
		faults_read(tracer, tracer->work + offsetof(struct c3_work, error), &error,
			    sizeof(error));
		return error || tracer->was_killed ? PHASE_FAILED : PHASE_AFTER;
	}
	if (tracer->work)
		faults_read(tracer, tracer->work + offsetof(struct c3_work, step), &step,
			    sizeof(step));
	return step;
}

static inline struct tracee *tracee_of(struct tracer *tracer, pid_t pid)
{
	struct tracee *unused = NULL;

	for (size_t i = 0; i < FAULTS_TRACEES; i++) {
		if (tracer->tracees[i].pid == pid)
			return &tracer->tracees[i];
		if (!tracer->tracees[i].pid && !unused)
			unused = &tracer->tracees[i];
	}
	if (unused)
		*unused = (struct tracee){ .pid = pid, .who = WHO_UNKNOWN };
	return unused;
}

static inline void kill_tracees(struct tracer *tracer)
{
	for (size_t i = 0; i < FAULTS_TRACEES; i++)
		kill_one(tracer->tracees[i].pid, SIGKILL);
}

#ifdef __x86_64__
static inline bool skip_call(pid_t pid)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) != 0)
		return false;
	registers.orig_rax = (__typeof__(registers.orig_rax))-1;
	return ptrace(PTRACE_SETREGS, pid, NULL, &registers) == 0;
}

static inline void answer_call(pid_t pid, int answer)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers) != 0)
		return;
	registers.rax = (__typeof__(registers.rax))(long)answer;
	ptrace(PTRACE_SETREGS, pid, NULL, &registers);
}
#define FAULTS_CAN_BE_MADE true
#else
static inline bool skip_call(pid_t pid)
{
	(void)pid;
	return false;
}

static inline void answer_call(pid_t pid, int answer)
{
	(void)pid;
	(void)answer;
}
#define FAULTS_CAN_BE_MADE false
#endif

/* Who is killed tells no more of whom it has made. */
static inline void on_kill(struct tracer *tracer)
{
	tracer->was_killed = true;
	for (size_t i = 0; i < FAULTS_TRACEES; i++)
		if (tracer->tracees[i].pid && tracer->tracees[i].is_waiting) {
			tracer->tracees[i].is_waiting = false;
			ptrace(PTRACE_SYSCALL, tracer->tracees[i].pid, NULL, NULL);
		}
}

/* It is there, and not about to be the program; nor has it ended, which is told to the tracer last. */
static inline bool is_left(const struct run *run, const struct tracee *tracee)
{
	long number = run->calls[tracee->call].number;
	siginfo_t info = { 0 };

	if (!tracee->pid || number == SYS_execve || number == SYS_execveat)
		return false;
	waitid(P_PID, (id_t)tracee->pid, &info, WEXITED | WNOHANG | WNOWAIT | __WALL);
	return info.si_pid != tracee->pid || info.si_code == CLD_TRAPPED ||
	       info.si_code == CLD_STOPPED;
}

/* False: the tracee goes on untraced, or not at all. */
static inline bool on_entry(struct tracer *tracer, struct tracee *tracee,
			    const struct faults_info *info)
{
	struct run *run = tracer->run;
	long number = (long)info->entry.number;
	struct place *call = &run->calls[run->count];

	if (number == FAULTS_END && tracee->who == WHO_CALLER) {
		for (size_t i = 0; i < FAULTS_TRACEES; i++)
			if (&tracer->tracees[i] != tracee && is_left(run, &tracer->tracees[i]))
				run->outcome->left |= LEFT_TASK;
		return false;
	}
	if (tracee->who == WHO_CALLER)
		faults_find_work(tracer, number, info->entry.arguments);
	*call = (struct place){
		.who = tracee->who,
		.step = faults_step(tracer, tracee->who),
		.number = number,
		.argument = faults_argument(tracer, number, info->entry.arguments),
	};
	for (size_t i = 0; i < run->count; i++)
		call->nth += same_kind(call, &run->calls[i]);
	tracee->call = run->count;
	if (run->count < FAULTS_CALLS - 1)
		run->count++;
	tracee->fault = NULL;
	/* It is traced already, and would be told so. */
	tracee->is_answered = number == SYS_ptrace && skip_call(tracee->pid);
	for (size_t i = run->reached; i < tracer->fault_count; i++) {
		const struct fault *fault = &tracer->faults[i];

		if (!same_kind(&fault->place, call) || fault->place.nth != call->nth)
			break; /* in their order */
		run->reached = i + 1;
		if (fault->way == FAULT_KILL) {
			kill_one(tracee->pid, SIGKILL);
			on_kill(tracer);
			return true;
		}
		tracee->fault = fault;
		if (fault->way == FAULT_ERROR)
			skip_call(tracee->pid);
		break;
	}
	return true;
}

static inline void on_exit_of_call(const struct tracee *tracee)
{
	if (tracee->fault)
		answer_call(tracee->pid, -tracee->fault->error);
	else if (tracee->is_answered)
		answer_call(tracee->pid, 0);
}

static inline void on_system_call(struct tracer *tracer, struct tracee *tracee)
{
	struct faults_info info = { 0 };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info) <= 0)
		return; /* it was killed */
	if (info.op == 1) {
		if (!on_entry(tracer, tracee, &info)) {
			ptrace(PTRACE_DETACH, tracee->pid, NULL, NULL);
			tracee->pid = 0;
			return;
		}
	} else if (info.op == 2) {
		on_exit_of_call(tracee);
	}
	ptrace(PTRACE_SYSCALL, tracee->pid, NULL, NULL);
}

static inline void on_birth(struct tracer *tracer, struct tracee *parent, uint64_t kind)
{
	unsigned long pid = 0;
	struct tracee *born;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid) != 0)
		return;
	born = tracee_of(tracer, (pid_t)pid);
	if (!born)
		return;
	if (parent->who == WHO_CHILD)
		born->who = WHO_NESTED;
	else
		born->who = kind == CLONE_OF_HELPER ? WHO_HELPER : WHO_CHILD;
	if (born->who == WHO_CHILD)
		tracer->has_child = true;
	if (born->is_waiting) {
		born->is_waiting = false;
		ptrace(PTRACE_SYSCALL, born->pid, NULL, NULL);
	}
}

static inline void on_stop(struct tracer *tracer, struct tracee *tracee, int status)
{
	int signo = WSTOPSIG(status);
	int event = status >> 16;

	if (signo == (SIGTRAP | 0x80)) {
		on_system_call(tracer, tracee);
		return;
	}
	if (event == PTRACE_EVENT_EXEC) {
		ptrace(PTRACE_DETACH, tracee->pid, NULL, NULL);
		tracee->pid = 0;
		return;
	}
	if (event) {
		on_birth(tracer, tracee, tracer->run->calls[tracee->call].argument);
		signo = 0;
	} else if (signo == SIGSTOP && !tracee->has_begun) {
		tracee->has_begun = true;
		signo = 0;
		if (tracee->who == WHO_UNKNOWN && !tracer->was_killed) {
			tracee->is_waiting = true;
			return;
		}
	}
	ptrace(PTRACE_SYSCALL, tracee->pid, NULL, (long)signo);
}

/* The scenario's process has stopped itself: from here on it is traced. */
static inline bool tracer_begin(struct tracer *tracer)
{
	char path[64];
	int status;

	if (waitpid(tracer->scenario, &status, __WALL) != tracer->scenario || !WIFSTOPPED(status)) {
		tracer->scenario = 0;
		return false;
	}
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)tracer->scenario);
	tracer->memory = open(path, O_RDONLY | O_CLOEXEC);
	tracer->tracees[0] = (struct tracee){
		.pid = tracer->scenario,
		.who = WHO_CALLER,
		.has_begun = true,
	};
	return ptrace(PTRACE_SETOPTIONS, tracer->scenario, NULL,
		      (long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
			     PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC)) == 0 &&
	       ptrace(PTRACE_SYSCALL, tracer->scenario, NULL, NULL) == 0;
}

static inline void tracer_loop(struct tracer *tracer)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);
		struct tracee *tracee;

		if (pid < 0 && errno == ECHILD)
			return;
		if (faults_late) {
			tracer->run->hangs = true;
			kill_tracees(tracer);
			kill_one(tracer->scenario, SIGKILL);
		}
		if (pid <= 0)
			continue;
		if (!WIFSTOPPED(status)) {
			if (pid == tracer->scenario)
				tracer->scenario = 0;
			tracee = tracee_of(tracer, pid);
			if (tracee)
				tracee->pid = 0;
			continue;
		}
		tracee = tracee_of(tracer, pid);
		if (tracee)
			on_stop(tracer, tracee, status);
	}
}

/* @body runs in the scenario's process, and ends it. */
static inline void faults_run(struct run *run, const struct fault *faults, size_t count,
			      void (*body)(const void *scenario, struct outcome *outcome),
			      const void *scenario)
{
	struct outcome *outcome = run->outcome;
	struct tracer tracer = { .run = run, .faults = faults, .fault_count = count, .memory = -1 };
	struct sigaction action = { .sa_handler = faults_on_alarm };
	const struct itimerval deadline = { { 1, 0 }, { FAULTS_SECONDS, 0 } };
	const struct itimerval none = { 0 };

	memset(outcome, 0, sizeof(*outcome));
	run->count = run->reached = 0;
	run->hangs = false;
	faults_late = 0;
	sigaction(SIGALRM, &action, NULL);
	fflush(stdout);
	tracer.scenario = fork();
	if (tracer.scenario == 0) {
		body(scenario, outcome);
		child_exit(0);
	}
	setitimer(ITIMER_REAL, &deadline, NULL);
	if (tracer.scenario < 0 || !tracer_begin(&tracer))
		kill_one(tracer.scenario, SIGKILL);
	tracer_loop(&tracer);
	setitimer(ITIMER_REAL, &none, NULL);
	if (tracer.memory >= 0)
		close(tracer.memory);
}

/* In the scenario's process, first: a mask that could be lost, and no core of who is killed. */
static inline void scenario_begin(void)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	setrlimit(RLIMIT_CORE, &no_core);
}

/* In the scenario's process: what is not as it was @before. */
static inline void outcome_of_state(const struct state *before, struct outcome *outcome)
{
	struct state now;
	char text[128];
	int status;

	if (waitpid(-1, &status, __WALL | WNOHANG) != -1 || errno != ECHILD)
		outcome->left |= LEFT_CHILD;
	state_take(&now);
	if (now.descriptors != before->descriptors)
		outcome->left |= LEFT_DESCRIPTOR;
	if (now.mask != before->mask)
		outcome->left |= LEFT_MASK;
	if (now.dumpable != before->dumpable)
		outcome->left |= LEFT_DUMPABLE;
	read_text("/proc/self/statm", text, sizeof(text));
	outcome->mapped = atol(text);
	outcome->ended = 1;
}

/* In the scenario's process: what is to be traced begins, and ends. */
static inline void traced_begin(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	kill(getpid(), SIGSTOP);
}

static inline void traced_end(void)
{
	syscall(FAULTS_END);
}

#endif
