/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* 20,000 spawns under a storm of signals: no handler runs in a child, no signal is lost. */
#include "signal_storm.h"
#include "spawn.h"

#define SPAWNS 20000

int main(int argc, char **argv)
{
	struct clone3_plan plan = plan_for("unused");
	const char *program = plan.path;
	struct state before;
	int wrong = 0;

	(void)argv;
	if (argc > 1)
		return 0;
	alarm(60);
	signal_storm_prepare();
	state_take(&before);
	signal_storm_start();
	for (int i = 0; i < SPAWNS; i++) {
		struct clone3_child child = child_record();
		struct clone3_exit end = { 0 };

		/* Most end at exec: the time in which a child shares memory is what counts. */
		plan.path = i % 4 == 0 ? program : "/nonexistent";
		if (clone3_spawn(&plan, &child) != 0) {
			wrong += i % 4 == 0 || child.error != ENOENT || child.pid != -1;
			continue;
		}
		wrong += clone3_pidfd_wait(child.pidfd, 0, &end) != 1 || end.code != CLD_EXITED ||
			 end.status != 0;
		close(child.pidfd);
	}
	is(wrong, 0, "every outcome is right");
	signal_storm_end();
	nothing_left(&before, "the storm");
	return done();
}
