/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* TAP on stdout for the C tests, and the check that a call left nothing behind. */
#ifndef TAP_H
#define TAP_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <clone3.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int tap_count;
static int tap_failed;

static inline bool tap_result(bool passed, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static inline bool tap_result(bool passed, const char *file, int line, const char *format, ...)
{
	va_list list;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	printf("\n");
	if (!passed) {
		tap_failed++;
		printf("# failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return passed;
}

/* ok(condition, "format", ...): one test. Only the process that runs main() may call it. */
#define ok(condition, ...) tap_result((condition), __FILE__, __LINE__, __VA_ARGS__)

/* is(got, want, "what"): one test on an integer; prints both when they differ. */
#define is(got, want, what)                                                                        \
	do {                                                                                       \
		long long is_got = (long long)(got), is_want = (long long)(want);                  \
		if (!ok(is_got == is_want, "%s", what))                                            \
			printf("# got %lld, want %lld\n", is_got, is_want);                        \
	} while (0)

/*
 * skip("test-name", "reason"): the machine lacks what the test needs. With CI set, a skip that the
 * file $ALLOWED_SKIPS does not list ("test-name: why it may be skipped", one a line) is a failure.
 */
static inline void skip(const char *name, const char *reason)
{
	const char *list = getenv("ALLOWED_SKIPS");
	bool allowed = getenv("CI") == NULL;
	FILE *file = !allowed && list ? fopen(list, "re") : NULL;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
			allowed = true;
	if (file)
		fclose(file);
	if (allowed)
		printf("ok %d - %s # SKIP %s\n", ++tap_count, name, reason);
	else
		ok(false, "%s: unexpected skip: %s", name, reason);
	fflush(stdout);
}

/* The last statement of main(). */
static inline int done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

/*
 * The end of a forked child, which must not run what its parent registered for the end. In a build
 * that measures coverage what the child counted would be lost with it.
 */
extern void __gcov_dump(void) __attribute__((weak));

static inline _Noreturn void child_exit(int status)
{
	if (__gcov_dump)
		__gcov_dump();
	_exit(status);
}

/* kill(2) of one process: -1 or 0, which a failed call left, would mean all or the whole group. */
static inline int kill_one(pid_t pid, int signo)
{
	return pid > 0 ? kill(pid, signo) : -1;
}

/* The last of a plan's steps; those that are only reported have the bits from 61 on. */
static inline uint64_t last_step(void)
{
	int bit = 60;

	while (bit > 0 && !clone3_step_name(1ULL << bit))
		bit--;
	return 1ULL << bit;
}

/* What a call must leave as it was: descriptors, mappings, signal mask, dumpable flag, children. */
struct state {
	uint64_t descriptors; /* a hash of numbers and targets */
	int descriptor_count;
	int mapping_count;
	uint64_t mask;
	int dumpable;
};

static inline void state_take(struct state *state)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	FILE *maps = fopen("/proc/self/maps", "re");
	int c;

	memset(state, 0, sizeof(*state));
	while (directory && (entry = readdir(directory))) {
		char target[256] = "";
		uint64_t hash = 14695981039346656037ULL;
		int number = atoi(entry->d_name);

		if (entry->d_name[0] == '.' || number == dirfd(directory) ||
		    (maps && number == fileno(maps)))
			continue;
		if (readlinkat(dirfd(directory), entry->d_name, target, sizeof(target) - 1) < 0)
			target[0] = 0;
		for (const char *p = entry->d_name; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
		for (const char *p = target; *p; p++)
			hash = (hash ^ (unsigned char)*p) * 1099511628211ULL;
		state->descriptors += hash;
		state->descriptor_count++;
	}
	while (maps && (c = getc(maps)) != EOF)
		state->mapping_count += c == '\n';
	if (directory)
		closedir(directory);
	if (maps)
		fclose(maps);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &state->mask, 8);
	state->dumpable = prctl(PR_GET_DUMPABLE);
}

/* One test: descriptors, mask and dumpable flag are as @before tells, and there is no child. */
static inline bool nothing_left(const struct state *before, const char *what)
{
	struct state now;
	int status;
	pid_t child = waitpid(-1, &status, __WALL | WNOHANG);
	int child_error = errno;

	state_take(&now);
	bool same = ok(now.descriptors == before->descriptors && now.mask == before->mask &&
			       now.dumpable == before->dumpable && child == -1 &&
			       child_error == ECHILD,
		       "%s: nothing is left behind", what);
	if (!same)
		printf("# descriptors %d -> %d, mask %llx -> %llx, dumpable %d -> %d, waitpid %d\n",
		       before->descriptor_count, now.descriptor_count,
		       (unsigned long long)before->mask, (unsigned long long)now.mask,
		       before->dumpable, now.dumpable, (int)child);
	return same;
}

#endif
