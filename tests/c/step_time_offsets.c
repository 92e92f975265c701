/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* TIME_OFFSETS: the program's clocks are ahead or behind by that much; how far they may be. */
#include "spawn_namespace.h"

#define SECOND 1000000000LL

static int program(const char *what)
{
	(void)what;
	report->value[0] = (int64_t)now_ns(CLOCK_MONOTONIC);
	report->value[1] = (int64_t)now_ns(CLOCK_BOOTTIME);
	report->value[2] = (int64_t)now_ns(CLOCK_REALTIME);
	read_text("/proc/self/timens_offsets", report->text, sizeof(report->text));
	return 0;
}

static struct clone3_plan plan_with(int64_t monotonic, int64_t boottime, uint64_t kinds)
{
	struct clone3_plan plan = plan_for("clocks");

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_TIME_OFFSETS;
	plan.namespaces = CLONE3_NEWTIME | kinds;
	plan.monotonic_offset_ns = monotonic;
	plan.boottime_offset_ns = boottime;
	return plan;
}

/* The program looked at a clock between these two moments of the caller's. */
static bool between(int64_t seen, int64_t offset, uint64_t before, uint64_t after)
{
	return seen - offset >= (int64_t)before && seen - offset <= (int64_t)after;
}

static const char *fault_of_clocks(int64_t monotonic, int64_t boottime, uint64_t kinds)
{
	static char fault[600];
	struct clone3_plan plan = plan_with(monotonic, boottime, kinds);
	struct clone3_child child;
	uint64_t before[3], after[3];
	static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_REALTIME };
	const int64_t offsets[] = { monotonic, boottime, 0 };

	for (int i = 0; i < 3; i++)
		before[i] = now_ns(clocks[i]);
	snprintf(fault, sizeof(fault), "%s", fault_of_run(&plan, 0, &child));
	for (int i = 0; i < 3; i++)
		after[i] = now_ns(clocks[i]);
	if (fault[0])
		return fault;
	if (child.omitted || child.emulated)
		return "something is reported";
	for (int i = 0; i < 3; i++)
		if (!between(report->value[i], offsets[i], before[i], after[i]))
			snprintf(fault, sizeof(fault), "clock %d: %lld, want %llu to %llu + %lld",
				 clocks[i], (long long)report->value[i],
				 (unsigned long long)before[i], (unsigned long long)after[i],
				 (long long)offsets[i]);
	return fault;
}

/* A clock before its beginning, or beyond half of what it can show: not a moment of the kernel's. */
static const char *fault_of_range(uint64_t kinds)
{
	static const int64_t too_far[] = { INT64_MIN, INT64_MIN + 1, -4000000000 * SECOND,
					   5000000000 * SECOND, INT64_MAX };
	const char *fault = "";

	for (size_t i = 0; i < sizeof(too_far) / sizeof(too_far[0]) && !*fault; i++)
		for (int which = 0; which < 2 && !*fault; which++) {
			struct clone3_plan plan = plan_with(which ? 0 : too_far[i],
							    which ? too_far[i] : 0, kinds);
			struct clone3_child child;

			fault = fault_of_refusal(&plan, ERANGE, CLONE3_STEP_TIME_OFFSETS, 0);
			plan.optional = CLONE3_STEP_TIME_OFFSETS;
			if (!*fault)
				fault = fault_of_run(&plan, 0, &child);
			if (!*fault && child.omitted != CLONE3_STEP_TIME_OFFSETS)
				fault = "it is not left out";
		}
	return fault;
}

static const char *all(const void *kinds_pointer)
{
	const uint64_t kinds = *(const uint64_t *)kinds_pointer;
	const int64_t now = (int64_t)now_ns(CLOCK_MONOTONIC);
	static const int64_t offsets[][2] = {
		{ 0, 0 },
		{ 1, -1 },
		{ 86400 * SECOND, 7 },
		{ 1500000000, -1500000000 },
		{ -999999999, 999999999 },
		{ -SECOND, -2 * SECOND },
		{ 4000000000 * SECOND + 123456789, 10 },
	};
	const char *fault = "";

	if (kinds & CLONE3_NEWUSER && !be_ordinary())
		return "cannot become another user";
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]) && !*fault; i++)
		fault = fault_of_clocks(offsets[i][0], offsets[i][1], kinds);
	if (!*fault) /* nearly back to when the machine was started */
		fault = fault_of_clocks(-(now - SECOND), -(now - SECOND) / 3, kinds);
	return *fault ? fault : fault_of_range(kinds);
}

/* Both clocks stay the caller's. */
static void the_callers_own(void)
{
	char before[256], after[256];
	struct clone3_plan plan = plan_with(1000 * SECOND, 1000 * SECOND, 0);

	read_text("/proc/self/timens_offsets", before, sizeof(before));
	runs(&plan, 0, "a thousand seconds ahead");
	read_text("/proc/self/timens_offsets", after, sizeof(after));
	ok(strcmp(before, after) == 0, "the caller's offsets are as before");
	ok(strstr(report->text, "1000"), "the program's are the plan's");
}

int main(int argc, char **argv)
{
	const uint64_t none = 0, user = CLONE3_NEWUSER;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	while (now_ns(CLOCK_MONOTONIC) < 4 * SECOND) /* a guest that has just been started */
		sleep_ms(100);
	if (!(support_here().flags & CLONE3_NEWTIME)) {
		skip("step_time_offsets", "needs Linux 6.3 and time namespaces");
		return done();
	}
	if (!time_offsets_can_be_set()) {
		skip("step_time_offsets", "-EACCES, as before Linux 6.2");
		return done();
	}
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		holds_apart(all, &none, "as root");
		the_callers_own();
	} else {
		skip("step_time_offsets/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may())
		holds_apart(all, &user, "as an ordinary user");
	else
		skip("step_time_offsets/ordinary", "no user namespaces for ordinary users");
	return done();
}
