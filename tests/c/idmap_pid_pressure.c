/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Maps under pid pressure: a pid namespace with few numbers, children that are killed at random, a
 * thread that reaps whatever it can, and victims that are born all the time with numbers that were
 * just used. No victim's map is ever written, and no program runs without its own.
 */
#include "idmap_victims.h"

#include <sched.h>
#include <sys/mount.h>

#define FIRST_NUMBER 300 /* behind it numbers are taken again: RESERVED_PIDS */
#define NUMBERS 30
#define VICTIMS 8
#define THREADS 2
#define SPAWNS 400

struct pressure {
	int over;
	pid_t spawner;
	int victims;
	int touched;
	int kills;
	int started;
	int cancelled;
	int without_number;
	int wrong;
};
static struct pressure *pressure;

static int program(const char *what)
{
	(void)what;
	__atomic_add_fetch(&report->value[strcmp(idmap_of(0, "uid_map"), IDMAP_UIDS) == 0 &&
					  strcmp(idmap_of(0, "gid_map"), IDMAP_GIDS) == 0],
			   1, __ATOMIC_RELAXED);
	return 0;
}

static int keep_victims(void *unused)
{
	pid_t victims[VICTIMS] = { 0 };

	(void)unused;
	for (int i = 0; !__atomic_load_n(&pressure->over, __ATOMIC_RELAXED);
	     i = (i + 1) % VICTIMS) {
		if (victims[i] > 0) {
			pressure->touched += !victim_is_untouched(victims[i]);
			kill(victims[i], SIGKILL);
			reap(victims[i]);
		}
		victims[i] = victim_start(0);
		pressure->victims += victims[i] > 0;
	}
	return 0;
}

/* Only what is the spawner's child, and by a pidfd. */
static int kill_children(void *unused)
{
	uint32_t random = 1;

	(void)unused;
	while (!__atomic_load_n(&pressure->over, __ATOMIC_RELAXED)) {
		random = random * 1103515245 + 12345;

		pid_t pid = FIRST_NUMBER + (pid_t)(random >> 16) % NUMBERS;
		int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

		if (pidfd < 0)
			continue;
		if (proc_status(pid, pid, "PPid", 10) == (uint64_t)pressure->spawner)
			pressure->kills += syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL,
						   0) == 0;
		close(pidfd);
	}
	return 0;
}

static void *reap_all(void *unused)
{
	int status;

	while (!__atomic_load_n(&pressure->over, __ATOMIC_RELAXED))
		if (waitpid(-1, &status, __WALL) < 0)
			sched_yield();
	return unused;
}

static void *spawn_all(void *pointer)
{
	const struct clone3_plan *plan = pointer;

	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child = child_record();
		int result = clone3_spawn(plan, &child);
		int *count = result == 0          ? &pressure->started :
			     result == -ECANCELED ? &pressure->cancelled :
			     result == -EAGAIN && child.failed_step == CLONE3_STEP_CLONE ?
						    &pressure->without_number :
						    &pressure->wrong;

		__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
		if (count == &pressure->wrong)
			printf("# result %d, step %s\n", result,
			       clone3_step_name(child.failed_step));
		if (result == 0) {
			clone3_pidfd_wait(child.pidfd, 0, NULL);
			close(child.pidfd);
		}
	}
	return NULL;
}

static int spawn_under_pressure(void *pointer)
{
	pthread_t threads[THREADS], reaper;

	pressure->spawner = getpid();
	pthread_create(&reaper, NULL, reap_all, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, spawn_all, pointer);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	announce(&pressure->over);
	pthread_join(reaper, NULL);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
	return 0;
}

/* The namespace's init. 2: it has no limit of its own. */
static int init(void *plan)
{
	struct child children[3];
	int code = 0;
	int fd;

	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, NULL) != 0)
		return 2;
	fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || dprintf(fd, "%d", FIRST_NUMBER + NUMBERS) < 0)
		return 2;
	close(fd);
	children[0] = child_start(spawn_under_pressure, plan);
	pressure->spawner = children[0].pid;
	children[1] = child_start(keep_victims, NULL);
	children[2] = child_start(kill_children, NULL);
	for (int i = 0; i < 3; i++) {
		int status = child_reap(&children[i]);

		if (status != 0)
			code = 1;
		announce(&pressure->over);
		close(children[i].pidfd);
	}
	return code;
}

static int enter(void *plan)
{
	if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0)
		return 2;
	return apart(init, plan);
}

/* By its version: to try would change the whole system's limit. */
static bool has_limit_of_its_own(void)
{
	int major = 0, minor = 0;
	FILE *file = fopen("/proc/sys/kernel/osrelease", "re");
	bool read_both = file && fscanf(file, "%d.%d", &major, &minor) == 2;

	if (file)
		fclose(file);
	return read_both && (major > 6 || (major == 6 && minor >= 14));
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct state before;
	int code;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!idmap_can_be_tested("idmap_pid_pressure"))
		return done();
	if (!has_limit_of_its_own()) {
		skip("idmap_pid_pressure", "pid_max is the whole system's before Linux 6.14");
		return done();
	}
	alarm(60);
	pressure = shared_memory(sizeof(*pressure));
	plan = plan_with_maps("maps");
	report_clear();
	state_take(&before);
	code = apart(enter, &plan);
	if (code == 2) {
		skip("idmap_pid_pressure", "pid_max cannot be set");
		return done();
	}
	is(code, 0, "all ended");
	printf("# %d started, %d cancelled, %d without a number; %d victims, %d kills\n",
	       pressure->started, pressure->cancelled, pressure->without_number, pressure->victims,
	       pressure->kills);
	is(pressure->started + pressure->cancelled + pressure->without_number, THREADS * SPAWNS,
	   "each spawn succeeded, was cancelled or got no number");
	ok(pressure->started > 0 && pressure->cancelled > 0, "of the first two some");
	ok(pressure->victims > 100, "there were victims");
	is(pressure->touched, 0, "no victim's map was written");
	is(report->value[0], 0, "no program ran without its maps");
	ok(report->value[1] > 0, "some ran with them");
	nothing_left(&before, "pressure");
	return done();
}
