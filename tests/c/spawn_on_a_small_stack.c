/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A thread with a stack of 16 KiB can spawn: what the child needs is elsewhere. */
#include "spawn.h"

#include <pthread.h>

#define STACK 16384

static struct clone3_plan plans[3];
static const char *faults[3];

static int program(const char *what)
{
	(void)what;
	return 7;
}

static void *spawn_each(void *unused)
{
	for (int i = 0; i < 3; i++) {
		struct clone3_child child = { .size = sizeof(child) };
		struct clone3_exit end;
		int result = clone3_spawn(&plans[i], &child);

		if (result != 0)
			faults[i] = i == 2 && result == -ENOENT ? "" : "spawn";
		else if (clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.status != 7)
			faults[i] = "wait";
		else
			faults[i] = "";
		if (result == 0)
			close(child.pidfd);
	}
	return unused;
}

int main(int argc, char **argv)
{
	static char search[3000];
	static struct clone3_fd map[200];
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_attr_t attributes;
	pthread_t thread;
	struct state before;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	for (int i = 0; i < 3; i++)
		plans[i] = plan_for("unused");
	while (strlen(search) < sizeof(search) - 32)
		strcat(search, "/nonexistent:");
	strcat(search, "/proc/self");
	plans[1].path = "exe";
	plans[1].search_path = search;
	for (int i = 0; i < 200; i++)
		map[i] = (struct clone3_fd){ i == 0 ? report_fd : 0, i == 0 ? report_fd : 100 + i };
	plans[1].steps = CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plans[1].fds = map;
	plans[1].fd_count = 200;
	plans[2].path = "/nonexistent";

	pthread_attr_init(&attributes);
	state_take(&before);
	if (stack == MAP_FAILED || pthread_attr_setstack(&attributes, stack, STACK) != 0 ||
	    pthread_create(&thread, &attributes, spawn_each, NULL) != 0) {
		skip("spawn_on_a_small_stack", "the libc gives no thread such a stack");
		return done();
	}
	pthread_join(thread, NULL);
	for (int i = 0; i < 3; i++)
		ok(faults[i] && !faults[i][0], "plan %d: %s", i,
		   faults[i] && faults[i][0] ? faults[i] : "works");
	nothing_left(&before, "a small stack");
	return done();
}
