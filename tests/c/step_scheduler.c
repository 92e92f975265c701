/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SCHEDULER beside NICE, TIMER_SLACK, AFFINITY and UID: what one does to the other. */
#include "spawn.h"

#include <sched.h>

#define DEADLINE 6           /* SCHED_DEADLINE */
#define RESET_ON_FORK 0x1ULL /* SCHED_FLAG_RESET_ON_FORK */

/* The kernel's struct sched_attr, in its first version. */
struct attributes {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

enum { POLICY, FLAGS, NICE, PRIORITY, RUNTIME, PERIOD, SLACK, USER, IO };

static int program(const char *what)
{
	struct attributes now = { 0 };

	(void)what;
	if (syscall(SYS_sched_getattr, 0, &now, sizeof(now), 0) != 0)
		return 1;
	report->value[POLICY] = now.policy;
	report->value[FLAGS] = (int64_t)now.flags;
	report->value[NICE] = getpriority(PRIO_PROCESS, 0);
	report->value[PRIORITY] = now.priority;
	report->value[RUNTIME] = (int64_t)now.runtime;
	report->value[PERIOD] = (int64_t)now.period;
	report->value[SLACK] = prctl(PR_GET_TIMERSLACK);
	report->value[USER] = getuid();
	report->value[IO] = syscall(SYS_ioprio_get, 1, 0);
	return 0;
}

static void ordinary(void)
{
	struct clone3_plan plan = plan_for("scheduler");

	plan.steps = CLONE3_STEP_SCHEDULER | CLONE3_STEP_NICE;
	plan.sched_policy = SCHED_BATCH;
	plan.nice = 9;
	runs(&plan, 0, "a policy and a nice value");
	ok(report->value[POLICY] == SCHED_BATCH && report->value[NICE] == 9, "both hold");
	plan.sched_flags = RESET_ON_FORK;
	plan.sched_policy = SCHED_OTHER;
	runs(&plan, 0, "a flag");
	ok(report->value[FLAGS] == RESET_ON_FORK && report->value[NICE] == 9, "it holds, too");
}

/* A caller that is nice and idle itself. */
static const char *from_idle(const void *unused)
{
	const struct sched_param none = { 0 };
	struct clone3_plan plan = plan_for("scheduler");
	const char *fault;

	(void)unused;
	setpriority(PRIO_PROCESS, 0, 4);
	syscall(SYS_sched_setscheduler, 0, SCHED_IDLE, &none);
	plan.steps = CLONE3_STEP_SCHEDULER;
	if (has_capability(23 /* CAP_SYS_NICE */))
		fault = fault_of_run(&plan, 0, NULL);
	else
		return fault_of_refusal(&plan, EPERM, CLONE3_STEP_SCHEDULER, 0);
	if (!*fault && (report->value[POLICY] != SCHED_OTHER || report->value[NICE] != 4))
		fault = "not SCHED_OTHER with the caller's nice value";
	plan.sched_policy = SCHED_IDLE;
	if (!*fault)
		fault = fault_of_run(&plan, 0, NULL);
	if (!*fault && report->value[POLICY] != SCHED_IDLE)
		fault = "not idle";
	if (!*fault &&
	    (syscall(SYS_sched_getscheduler, 0) != SCHED_IDLE || getpriority(PRIO_PROCESS, 0) != 4))
		fault = "the caller changed";
	return fault;
}

/* Both directions beside a change of user, who may lower but not raise. */
static void with_user(void)
{
	struct clone3_plan plan = plan_for("scheduler");

	plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_IO_PRIORITY | CLONE3_STEP_UID;
	plan.uid = 65534;
	plan.nice = 13;
	plan.io_priority = 3 << 13;
	runs(&plan, 0, "lowered, for another user");
	ok(report->value[NICE] == 13 && report->value[IO] == 3 << 13 &&
		   report->value[USER] == 65534,
	   "nice value, I/O priority and user");
	plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_SCHEDULER | CLONE3_STEP_UID;
	plan.io_priority = 0;
	plan.nice = -6;
	plan.sched_policy = SCHED_BATCH;
	runs(&plan, 0, "raised, with a lower policy, for another user");
	ok(report->value[NICE] == -6 && report->value[POLICY] == SCHED_BATCH, "both hold");
	plan.nice = 0;
	plan.steps = CLONE3_STEP_SCHEDULER | CLONE3_STEP_UID;
	plan.sched_policy = SCHED_RR;
	plan.sched_priority = 99;
	runs(&plan, 0, "the highest real-time priority, for another user");
	ok(report->value[POLICY] == SCHED_RR && report->value[PRIORITY] == 99 &&
		   report->value[USER] == 65534,
	   "all hold");
}

static void real_time(void)
{
	struct clone3_plan plan = plan_for("scheduler");

	plan.steps = CLONE3_STEP_SCHEDULER | CLONE3_STEP_TIMER_SLACK;
	plan.sched_policy = SCHED_FIFO;
	plan.sched_priority = 1;
	plan.timer_slack_ns = 70000;
	runs(&plan, 0, "a real-time policy and timer slack");
	is(report->value[POLICY], SCHED_FIFO, "the policy holds");
	printf("# slack under SCHED_FIFO: %lld\n", (long long)report->value[SLACK]);

	plan = plan_for("scheduler");
	plan.steps = CLONE3_STEP_SCHEDULER;
	plan.sched_policy = DEADLINE;
	plan.sched_runtime_ns = 2000000;
	plan.sched_deadline_ns = 10000000;
	plan.sched_period_ns = 20000000;
	runs(&plan, 0, "SCHED_DEADLINE");
	ok(report->value[POLICY] == DEADLINE && report->value[RUNTIME] == 2000000 &&
		   report->value[PERIOD] == 20000000,
	   "with its times");
	plan.sched_deadline_ns = 1000000;
	refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "a deadline below the runtime");
	plan.sched_deadline_ns = 10000000;

	const uint64_t first_cpu[] = { 1 };

	plan.steps |= CLONE3_STEP_AFFINITY;
	plan.affinity = first_cpu;
	plan.affinity_words = 1;
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		refused(&plan, EBUSY, CLONE3_STEP_AFFINITY, 0, "beside fewer CPUs");
	else
		skip("step_scheduler/affinity", "one CPU alone");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	ordinary();
	holds_apart(from_idle, NULL, "an idle caller");
	if (has_capability(23 /* CAP_SYS_NICE */) && has_capability(7 /* CAP_SETUID */)) {
		with_user();
		real_time();
	} else {
		skip("step_scheduler/rights", "needs CAP_SYS_NICE and CAP_SETUID");
	}
	return done();
}
