/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The init of a guest: runs each program in /tests and prints what they tell as one TAP stream. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT "/tmp/.output"
#define SECONDS 120 /* that a program may take */

static int count;

static void kill_all(int signo)
{
	(void)signo;
	kill(-1, SIGKILL); /* all but this process */
}

/* Its wait status. Nothing that it started lives on. */
static int run(const char *name)
{
	char path[512];
	int status = 0, other;
	pid_t pid;

	snprintf(path, sizeof(path), "/tests/%s", name);
	pid = fork();
	if (pid == 0) {
		setsid();
		dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
		dup2(open(OUTPUT, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600), 1);
		dup2(1, 2);
		execl(path, path, (char *)NULL);
		_exit(127);
	}
	alarm(SECONDS);
	while (waitpid(pid, &status, 0) != pid)
		;
	alarm(0);
	kill_all(0);
	while (wait(&other) > 0)
		;
	return status;
}

static void retell_result(const char *name, bool passed, const char *what)
{
	printf("%sok %d - %s: %s\n", passed ? "" : "not ", ++count, name, what);
}

/* Retells a line, of TAP or of what Rust's tests print, as one of this stream. */
static void retell(const char *name, char *line, int *told, int *plan)
{
	char *dash = strstr(line, " - "), *dots = strstr(line, " ... ");
	int passed, failed, ignored;

	line[strcspn(line, "\n")] = 0;
	if (dash && (strncmp(line, "ok ", 3) == 0 || strncmp(line, "not ok ", 7) == 0)) {
		++*told;
		retell_result(name, line[0] == 'o', dash + 3);
	} else if (dots && strncmp(line, "test ", 5) == 0) {
		const char *verdict = dots + 5;
		char what[1024];

		*dots = 0;
		snprintf(what, sizeof(what), "%.400s%s%.500s", line + 5,
			 strncmp(verdict, "ignored", 7) == 0 ? " # SKIP " : ": ", verdict);
		++*told;
		retell_result(name, strncmp(verdict, "FAILED", 6) != 0, what);
	} else if (strncmp(line, "1..", 3) == 0) {
		*plan = atoi(line + 3);
	} else if (sscanf(line, "test result: %*[^ ] %d passed; %d failed; %d ignored", &passed,
			  &failed, &ignored) == 3) {
		*plan = passed + failed + ignored;
	} else if (line[0]) {
		printf("# %s: %s\n", name, line + (strncmp(line, "# ", 2) == 0 ? 2 : 0));
	}
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void test(const char *name)
{
	double begin = now();
	int status = run(name), told = 0, plan = -1;
	double seconds = now() - begin;
	FILE *output = fopen(OUTPUT, "re");
	char *line = NULL;
	size_t size = 0;

	while (output && getline(&line, &size, output) > 0)
		retell(name, line, &told, &plan);
	if (output)
		fclose(output);
	free(line);
	retell_result(name, status == 0 && told == plan, "ends well");
	printf("# %s: %.2f s, wait status %#x, %d tests of %d\n", name, seconds, (unsigned)status,
	       told, plan);
	fflush(stdout);
}

static void command(char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(execv("/usr/bin/busybox", argv));
	waitpid(pid, NULL, 0);
}

/* A root that pivot_root(2) can put aside, which that of the initramfs is not. */
static void make_root(void)
{
	static const char *const directories[] = { "dev", "etc",   "mnt", "proc",
						   "sys", "tests", "tmp", "var" };
	static const char *const links[] = { "bin", "lib", "lib64" };
	static const char passwd[] = "root:x:0:0::/:/bin/sh\n";
	char target[16];
	int fd;

	mkdir("/root", 0755);
	mount("root", "/root", "tmpfs", 0, "mode=755");
	chdir("/root");
	command((char *[]){ "cp", "-a", "/usr", "/root/usr", NULL });
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		mkdir(directories[i], 0755);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(target, sizeof(target), "usr/%s", links[i]);
		symlink(target, links[i]);
	}
	mount("/tests", "tests", NULL, MS_BIND, NULL);
	mount(".", "/", NULL, MS_MOVE, NULL);
	chroot(".");
	fd = open("/etc/passwd", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	write(fd, passwd, sizeof(passwd) - 1);
	close(fd);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("cgroup", "/sys/fs/cgroup", "cgroup2", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	symlink("/proc/self/fd", "/dev/fd");
	mkdir("/dev/pts", 0755);
	mount("devpts", "/dev/pts", "devpts", 0, "ptmxmode=666");
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	chdir("/tmp");
}

int main(void)
{
	struct sigaction action = { .sa_handler = kill_all };
	struct rlimit descriptors = { 1024, 524288 }; /* as elsewhere; the kernel's own are fewer */
	struct dirent **entries;
	int n;

	make_root();
	command((char *[]){ "busybox", "--install", "-s", "/usr/bin", NULL });
	setenv("PATH", "/usr/bin", 1);
	sigaction(SIGALRM, &action, NULL);
	setrlimit(RLIMIT_NOFILE, &descriptors);
	n = scandir("/tests", &entries, NULL, alphasort);
	for (int i = 0; i < n; i++)
		if (entries[i]->d_name[0] != '.')
			test(entries[i]->d_name);
	printf("1..%d\n# %.0f s\n", count, now());
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return 1;
}
