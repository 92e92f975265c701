/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Attackers for the tests of the guard: they try to get at the caller's memory through a child. */
#ifndef SPAWN_ATTACK_H
#define SPAWN_ATTACK_H

#include "spawn.h"

#include <sys/file.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

/* What they are after: memory that no program of the test has at that address. */
#define SECRET_SIZE 16
static char *secret;

static inline void secret_make(void)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	secret = mmap(NULL, SECRET_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	if (secret == MAP_FAILED || fd < 0 || read(fd, secret, SECRET_SIZE) != SECRET_SIZE) {
		printf("Bail out! no secret\n");
		exit(1);
	}
	close(fd);
}

enum attacker { ATTACKER_NOBODY, ATTACKER_ROOT_WITHOUT_CAPABILITIES, ATTACKERS };

static const char *const attacker_names[ATTACKERS] = { "the new user", "root without rights" };

/* For a process of the attacker's own. */
static inline bool attacker_become(enum attacker who)
{
	const uint32_t header[2] = { 0x20080522 /* version 3 */, 0 };
	const uint32_t none[6] = { 0 };
	bool became = who == ATTACKER_NOBODY ? become_nobody() :
					       syscall(SYS_capset, header, none) == 0;

	return became && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0;
}

/* What came of the tries. */
struct tally {
	uint64_t denied;   /* by reason of rights: there was something to attack */
	uint64_t had;      /* the secret */
	uint64_t attached; /* to a process with the secret in its memory */
};

static inline void attack_by_reading(pid_t pid, struct tally *tally)
{
	char bytes[SECRET_SIZE] = { 0 };
	struct iovec here = { bytes, sizeof(bytes) };
	struct iovec there = { secret, sizeof(bytes) };
	ssize_t length = syscall(SYS_process_vm_readv, pid, &here, 1UL, &there, 1UL, 0UL);

	if (length == SECRET_SIZE && memcmp(bytes, secret, sizeof(bytes)) == 0)
		tally->had++;
	else if (length < 0 && errno == EPERM)
		tally->denied++;
}

static inline void attack_by_proc(pid_t pid, struct tally *tally)
{
	char path[64], bytes[SECRET_SIZE] = { 0 };
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (pread(fd, bytes, sizeof(bytes), (off_t)(uintptr_t)secret) == SECRET_SIZE &&
	    memcmp(bytes, secret, sizeof(bytes)) == 0)
		tally->had++;
	close(fd);
}

/* A program that was attached to after its exec has no such memory; it is let go. */
static inline void attack_by_tracing(pid_t pid, bool seize, struct tally *tally)
{
	long word;
	int status = 0;

	if (ptrace(seize ? PTRACE_SEIZE : PTRACE_ATTACH, pid, NULL, NULL) != 0) {
		if (errno == EPERM)
			tally->denied++;
		return;
	}
	if (seize)
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	/* What was attached to in the middle of exec tells that first; its SIGSTOP is to come. */
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status) && !seize &&
	       WSTOPSIG(status) != SIGSTOP)
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	if (!WIFSTOPPED(status))
		return;
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, secret, NULL);
	if (errno == 0 && memcmp(&word, secret, sizeof(word)) == 0)
		tally->attached++;
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

/* A child that is held on its way to exec: one attacker tries everything. */
struct attack {
	pid_t pid;
	enum attacker who;
	struct tally *tally; /* shared */
};

static inline int attack_everything(void *pointer)
{
	const struct attack *attack = pointer;

	if (!attacker_become(attack->who))
		return 1;
	attack_by_reading(attack->pid, attack->tally);
	attack_by_proc(attack->pid, attack->tally);
	attack_by_tracing(attack->pid, true, attack->tally);
	attack_by_tracing(attack->pid, false, attack->tally);
	return 0;
}

static inline struct tally attacked(pid_t pid, enum attacker who)
{
	struct tally *shared = shared_memory(sizeof(*shared));
	struct attack attack = { pid, who, shared };
	struct tally tally;

	if (apart(attack_everything, &attack) != 0)
		ok(false, "an attacker could not attack");
	tally = *shared;
	munmap(shared, sizeof(*shared));
	return tally;
}

/* Two limits of the system on which the tests depend. */
#define SUID_DUMPABLE "/proc/sys/fs/suid_dumpable"

static inline int number_in(const char *path, int otherwise)
{
	FILE *file = fopen(path, "re");
	int number = otherwise;

	if (file && fscanf(file, "%d", &number) != 1)
		number = otherwise;
	if (file)
		fclose(file);
	return number;
}

/* False where a security module keeps even equals from each other. */
static inline bool equals_may_trace(void)
{
	return number_in("/proc/sys/kernel/yama/ptrace_scope", 0) == 0;
}

static int suid_dumpable_before = -1;
static pid_t suid_dumpable_owner;

static inline bool suid_dumpable_set(int value)
{
	int fd = open(SUID_DUMPABLE, O_WRONLY | O_CLOEXEC);
	char digit = (char)('0' + value);
	bool written = fd >= 0 && write(fd, &digit, 1) == 1;

	if (fd >= 0)
		close(fd);
	return written;
}

/* Also in a signal handler: system calls only. */
static inline void suid_dumpable_restore(void)
{
	if (suid_dumpable_before >= 0 && getpid() == suid_dumpable_owner)
		suid_dumpable_set(suid_dumpable_before);
}

static inline void suid_dumpable_restore_and_die(int signo)
{
	suid_dumpable_restore();
	signal(signo, SIG_DFL);
	raise(signo);
}

/* It is changed for the whole system: back at every end of this process. False: not permitted. */
static inline bool suid_dumpable_begin(void)
{
	static const int fatal[] = { SIGALRM, SIGINT, SIGTERM, SIGHUP, SIGABRT, SIGSEGV, SIGBUS };

	/* One test at a time; the lock goes with the process. */
	int lock = open(SUID_DUMPABLE, O_RDONLY | O_CLOEXEC);

	alarm(120);
	while (lock >= 0 && flock(lock, LOCK_EX) != 0 && errno == EINTR)
		;
	alarm(60);
	suid_dumpable_before = number_in(SUID_DUMPABLE, -1);
	suid_dumpable_owner = getpid();
	if (suid_dumpable_before < 0 || !suid_dumpable_set(suid_dumpable_before))
		return false;
	atexit(suid_dumpable_restore);
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		signal(fatal[i], suid_dumpable_restore_and_die);
	return true;
}

/* The plans: the credentials change, and the way from there to the program is long. */
static inline struct clone3_plan plan_of_nobody(void)
{
	struct clone3_plan plan = plan_for("unused");

	plan.steps = CLONE3_STEP_GROUPS | CLONE3_STEP_GID | CLONE3_STEP_UID | CLONE3_STEP_CWD;
	plan.gid = plan.uid = 65534;
	plan.cwd = "/";
	return plan;
}

/* No rights while it shares the caller's memory; the program itself is root's and gets all. */
static inline struct clone3_plan plan_of_root_without_capabilities(void)
{
	struct clone3_plan plan = plan_for("unused");

	plan.steps = CLONE3_STEP_CAPABILITIES | CLONE3_STEP_CWD;
	plan.caps.bounding = CLONE3_CAPS_KEEP;
	plan.caps.securebits = (uint32_t)CLONE3_CAPS_KEEP;
	plan.cwd = "/";
	return plan;
}

#endif
