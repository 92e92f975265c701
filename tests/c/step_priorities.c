/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NICE, SCHEDULER, AFFINITY, IO_PRIORITY, TIMER_SLACK, OOM_SCORE_ADJ: raised, lowered, refused. */
#include "spawn.h"

#include <sched.h>
#include <sys/resource.h>

static int oom_score_adj(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "re");
	int value = -9999;

	if (file && fscanf(file, "%d", &value) != 1)
		value = -9999;
	if (file)
		fclose(file);
	return value;
}

static int program(const char *what)
{
	cpu_set_t cpus;
	struct sched_param parameter;

	(void)what;
	CPU_ZERO(&cpus);
	report->value[0] = getpriority(PRIO_PROCESS, 0);
	report->value[1] = syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_sched_getparam, 0, &parameter);
	report->value[2] = parameter.sched_priority;
	sched_getaffinity(0, sizeof(cpus), &cpus);
	report->value[3] = CPU_COUNT(&cpus);
	report->value[4] = CPU_ISSET(0, &cpus);
	report->value[5] = syscall(SYS_ioprio_get, 1, 0);
	report->value[6] = prctl(PR_GET_TIMERSLACK);
	report->value[7] = oom_score_adj();
	report->value[8] = getuid();
	return 0;
}

static const char *as_nobody(const void *argument)
{
	static char fault[600];
	struct clone3_plan plan = plan_for("priorities");
	const char *why = "";

	(void)argument;
	if (!be_nobody())
		return "cannot become another user";
	plan.steps = CLONE3_STEP_NICE;
	plan.nice = -5;
	why = fault_of_refusal(&plan, EACCES, CLONE3_STEP_NICE, 0);
	if (!*why) {
		plan.steps = CLONE3_STEP_SCHEDULER;
		plan.nice = 0;
		plan.sched_policy = SCHED_FIFO;
		plan.sched_priority = 1;
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_SCHEDULER, 0);
	}
	if (!*why) {
		plan.steps = CLONE3_STEP_IO_PRIORITY;
		plan.sched_policy = plan.sched_priority = 0;
		plan.io_priority = 1 << 13 | 3;
		why = fault_of_refusal(&plan, EPERM, CLONE3_STEP_IO_PRIORITY, 0);
	}
	if (!*why) {
		plan.steps = CLONE3_STEP_OOM_SCORE_ADJ;
		plan.io_priority = 0;
		plan.oom_score_adj = -1;
		why = fault_of_refusal(&plan, EACCES, CLONE3_STEP_OOM_SCORE_ADJ, 0);
	}
	if (!*why) {
		plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_OOM_SCORE_ADJ;
		plan.oom_score_adj = 500;
		plan.nice = 7;
		why = fault_of_run(&plan, 0, NULL);
		if (!*why && (report->value[0] != 7 || report->value[7] != 500))
			why = "a lower priority is not there";
	}
	snprintf(fault, sizeof(fault), "%s", why);
	return fault;
}

int main(int argc, char **argv)
{
	uint64_t cpus[2] = { 1, 0 };
	int nice_before, slack_before;
	struct rlimit highest;
	struct clone3_rlimit limit = { RLIMIT_NICE, 0, 0, 0 };
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	nice_before = getpriority(PRIO_PROCESS, 0);
	slack_before = prctl(PR_GET_TIMERSLACK);
	plan = plan_for("priorities");
	plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_SCHEDULER | CLONE3_STEP_AFFINITY |
		     CLONE3_STEP_IO_PRIORITY | CLONE3_STEP_TIMER_SLACK | CLONE3_STEP_OOM_SCORE_ADJ;
	plan.nice = 11;
	plan.sched_policy = SCHED_BATCH;
	plan.affinity = cpus;
	plan.affinity_words = 2;
	plan.io_priority = 2 << 13 | 6;
	plan.timer_slack_ns = 123456;
	plan.oom_score_adj = 321;
	runs(&plan, 0, "all lowered");
	is(report->value[0], 11, "the nice value");
	is(report->value[1], SCHED_BATCH, "the scheduler");
	ok(report->value[3] == 1 && report->value[4] == 1, "one CPU, the first");
	is(report->value[5], 2 << 13 | 6, "the I/O priority");
	is(report->value[6], 123456, "the timer slack");
	is(report->value[7], 321, "the OOM score");

	plan.steps = CLONE3_STEP_SCHEDULER;
	plan.nice = 0;
	plan.affinity = NULL;
	plan.affinity_words = 0;
	plan.io_priority = 0;
	plan.timer_slack_ns = 0;
	plan.oom_score_adj = 0;
	plan.sched_policy = SCHED_IDLE;
	runs(&plan, 0, "SCHEDULER alone");
	ok(report->value[1] == SCHED_IDLE && report->value[0] == nice_before,
	   "the nice value is the caller's");

	/* A limit that the value may need is looked at before, and lowered after. */
	getrlimit(RLIMIT_NICE, &highest);
	limit.hard = highest.rlim_max;
	plan = plan_for("priorities");
	plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_RLIMITS;
	plan.nice = 12;
	plan.rlimits = &limit;
	plan.rlimit_count = 1;
	runs(&plan, 0, "beside its limit");
	is(report->value[0], 12, "the nice value");

	if (!has_capability(23 /* CAP_SYS_NICE */) || !has_capability(7 /* CAP_SETUID */)) {
		skip("step_priorities/raise", "needs CAP_SYS_NICE and CAP_SETUID");
	} else {
		plan = plan_for("priorities");
		plan.steps = CLONE3_STEP_NICE | CLONE3_STEP_IO_PRIORITY |
			     CLONE3_STEP_OOM_SCORE_ADJ | CLONE3_STEP_UID;
		plan.nice = -7;
		plan.io_priority = 1 << 13 | 2;
		plan.oom_score_adj = has_capability(24 /* CAP_SYS_RESOURCE */) ? -77 : 77;
		plan.uid = 65534;
		runs(&plan, 0, "raised, for an ordinary user's program");
		ok(report->value[0] == -7 && report->value[5] == (1 << 13 | 2) &&
			   report->value[7] == plan.oom_score_adj && report->value[8] == 65534,
		   "it has all of them");

		plan.steps = CLONE3_STEP_SCHEDULER | CLONE3_STEP_TIMER_SLACK | CLONE3_STEP_UID;
		plan.nice = 0;
		plan.io_priority = 0;
		plan.oom_score_adj = 0;
		plan.sched_policy = SCHED_FIFO;
		plan.sched_priority = 3;
		plan.timer_slack_ns = 77777;
		if (runs(&plan, 0, "a real-time policy").error == 0)
			ok(report->value[1] == SCHED_FIFO && report->value[2] == 3,
			   "the program has it");
		plan.sched_priority = 100;
		refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "no such priority");
		holds_apart(as_nobody, NULL, "what an ordinary user may and may not");
	}

	plan = plan_for("priorities");
	plan.steps = CLONE3_STEP_SCHEDULER;
	plan.sched_policy = 77;
	refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "no such policy");
	plan.sched_policy = -1;
	refused(&plan, EINVAL, CLONE3_STEP_SCHEDULER, 0, "a negative policy");
	plan.sched_policy = 0;
	plan.steps = CLONE3_STEP_AFFINITY;
	cpus[0] = 0;
	plan.affinity = cpus;
	plan.affinity_words = 2;
	refused(&plan, EINVAL, CLONE3_STEP_AFFINITY, 0, "no CPU");
	plan.affinity = NULL;
	refused(&plan, EINVAL, CLONE3_STEP_AFFINITY, 0, "NULL");
	plan.affinity = cpus;
	plan.affinity_words = 0;
	refused(&plan, EINVAL, CLONE3_STEP_AFFINITY, 0, "no word");
	plan.affinity = NULL;
	plan.steps = CLONE3_STEP_IO_PRIORITY;
	plan.io_priority = 7 << 13;
	refused(&plan, EINVAL, CLONE3_STEP_IO_PRIORITY, 0, "no such class");
	plan.io_priority = 1 << 16;
	refused(&plan, EINVAL, CLONE3_STEP_IO_PRIORITY, 0, "more than 16 bits");
	plan.io_priority = 0;
	plan.steps = CLONE3_STEP_TIMER_SLACK;
	refused(&plan, EINVAL, CLONE3_STEP_TIMER_SLACK, 0, "0, which changes nothing");
	plan.timer_slack_ns = 1ULL << 63;
	refused(&plan, EINVAL, CLONE3_STEP_TIMER_SLACK, 0, "what the kernel takes for negative");
	plan.timer_slack_ns = 0;
	plan.steps = CLONE3_STEP_NICE;
	plan.nice = 20;
	refused(&plan, EINVAL, CLONE3_STEP_NICE, 0, "above 19");
	plan.nice = -21;
	refused(&plan, EINVAL, CLONE3_STEP_NICE, 0, "below -20");
	plan.nice = 0;
	plan.steps = CLONE3_STEP_OOM_SCORE_ADJ;
	plan.oom_score_adj = 1001;
	refused(&plan, EINVAL, CLONE3_STEP_OOM_SCORE_ADJ, 0, "above 1000");
	plan.oom_score_adj = -1001;
	refused(&plan, EINVAL, CLONE3_STEP_OOM_SCORE_ADJ, 0, "below -1000");
	ok(getpriority(PRIO_PROCESS, 0) == nice_before &&
		   syscall(SYS_sched_getscheduler, 0) == SCHED_OTHER &&
		   prctl(PR_GET_TIMERSLACK) == slack_before,
	   "the caller keeps its own");
	return done();
}
