/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_probe creates no process, and raises no signal. */
#include "child.h"

static volatile int caught;

static void catch (int signo)
{
	(void)signo;
	caught++;
}

/* How many processes and threads this machine has created since it booted; -1 if it hides that. */
static long long created(void)
{
	FILE *file = fopen("/proc/stat", "re");
	long long number = -1;
	char line[4096];

	while (file && number < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "processes %lld", &number);
	if (file)
		fclose(file);
	return number;
}

int main(void)
{
	struct clone3_support support = { .size = sizeof(support) };
	struct sigaction action = { .sa_handler = catch };
	struct state before;
	long long start, least = 1000;

	alarm(60);
	sigaction(SIGCHLD, &action, NULL);
	state_take(&before);

	/* Does the count count? A probe that created one each time would show in every round. */
	start = created();

	struct child child = child_start(child_returns, NULL);

	child_end(&child);
	if (start < 0 || created() <= start) {
		skip("probe_no_process", "/proc/stat does not count processes here");
		return done();
	}
	ok(caught > 0, "a child's end is caught");
	caught = 0;

	/* Others may create some at the same time, though not in all rounds. */
	for (int i = 0; i < 300 && least > 0; i++) {
		start = created();
		clone3_probe(&support);

		long long more = created() - start;

		least = more < least ? more : least;
	}
	is(least, 0, "processes created by a probe");
	for (int i = 0; i < 300; i++)
		clone3_probe(&support);
	is(caught, 0, "no SIGCHLD came");
	nothing_left(&before, "300 probes");
	return done();
}
