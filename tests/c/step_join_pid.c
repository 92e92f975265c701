/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * JOIN_NAMESPACES with a pid namespace, for which one more process is born on the way: the child is
 * the caller's own all the same, by number, pidfd and wait, and what fails leaves nothing.
 */
#include "spawn_gate.h"
#include "spawn_join.h"

/* The open descriptors but the one that looks, and its numbers in /proc, which is the caller's. */
static int program(const char *what)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	int numbers[2] = { 0 };
	size_t length = 0;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(directory) &&
		    atoi(entry->d_name) != fileno(file))
			length += (size_t)snprintf(report->text + length,
						   sizeof(report->text) - length, "%s ",
						   entry->d_name);
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "NSpid: %d %d", &numbers[0], &numbers[1]) >= 1)
			break;
	report->value[0] = getpid();
	report->value[1] = numbers[0];
	report->value[2] = numbers[1];
	report->value[3] = proc_number("/proc/self/status", "PPid", 10, -1);
	report->value[4] = getppid();
	report->value[5] = getsid(0);
	report->value[6] = getpgid(0);
	prctl(PR_GET_PDEATHSIG, &report->value[7]);
	return strcmp(what, "fails") == 0 ? 9 : 0;
}

static struct clone3_join joins[2];

static struct clone3_plan plan_with(const struct holder *holder, const char *what)
{
	struct clone3_plan plan = plan_for(what);

	joins[0] = (struct clone3_join){ holder->pidfd, 0,
					 holder->kinds & ~(CLONE3_NEWTIME | CLONE3_NEWNS) };
	plan.steps = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = joins;
	plan.join_count = 1;
	return plan;
}

/* Its numbers here and there, and whose child it is. */
static const char *fault_of_child(const struct clone3_plan *plan, int status)
{
	static char fault[600];
	struct clone3_child child;

	snprintf(fault, sizeof(fault), "%s", fault_of_run(plan, status, &child));
	if (fault[0])
		return fault;
	if (report->value[1] != child.pid || report->value[2] != report->value[0] ||
	    report->value[0] < 2)
		snprintf(fault, sizeof(fault), "pid %d: the program says %d and %d, and is %d",
			 child.pid, (int)report->value[1], (int)report->value[2],
			 (int)report->value[0]);
	else if (report->value[3] != getpid() || report->value[4] != 0)
		snprintf(fault, sizeof(fault), "its parent is %d here and %d there",
			 (int)report->value[3], (int)report->value[4]);
	return fault;
}

static const char *own(const void *pointer)
{
	const struct holder *holder = pointer;
	struct clone3_plan plan;
	const char *fault;
	char plain[4096];

	if (holder->ordinary && !be_ordinary())
		return "cannot become another user";
	plan = plan_for("plain");
	fault = fault_of_run(&plan, 0, NULL);
	snprintf(plain, sizeof(plain), "%s", report->text);
	plan = plan_with(holder, "plain");
	if (!*fault)
		fault = fault_of_child(&plan, 0);
	if (!*fault && strcmp(plain, report->text) != 0)
		return "it has other descriptors than without";
	plan = plan_with(holder, "fails");
	if (!*fault)
		fault = fault_of_child(&plan, 9);
	for (int i = 0; i < 30 && !*fault; i++)
		fault = fault_of_child(&plan, 9);
	if (*fault)
		return fault;
	plan = plan_with(holder, "session");
	plan.steps |= CLONE3_STEP_SESSION | CLONE3_STEP_PARENT_DEATH_SIGNAL;
	plan.parent_death_signal = SIGUSR2;
	fault = fault_of_child(&plan, 0);
	if (*fault)
		return fault;
	if (report->value[5] != report->value[0] || report->value[6] != report->value[0])
		return "it leads no session";
	return report->value[7] == SIGUSR2 ? "" : "it has no death signal";
}

/* The table is the caller's until it is unshared: by the nested one. */
static const char *descriptors(const void *pointer)
{
	const struct holder *holder = pointer;
	struct clone3_plan plan;
	struct clone3_fd map[] = { { 0, 150 }, { report_fd, report_fd }, { 1, 151 } };
	int high = dup2(0, 700), higher = dup2(0, 1000);
	char expected[64];
	const char *fault;

	if (holder->ordinary && !be_ordinary())
		return "cannot become another user";
	snprintf(expected, sizeof(expected), "0 1 2 %d 150 151 ", report_fd);
	plan = plan_with(holder, "descriptors");
	plan.steps |= CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = map;
	plan.fd_count = 3;
	fault = fault_of_child(&plan, 0);
	if (!*fault && strcmp(report->text, expected) != 0)
		return "CLOSE_OTHERS: it has other descriptors";
	plan.steps &= ~CLONE3_STEP_CLOSE_OTHERS;
	if (!*fault)
		fault = fault_of_child(&plan, 0);
	if (!*fault && !(strstr(report->text, " 150 151 ") && strstr(report->text, " 700 ")))
		return "FDS: it has other descriptors";
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	map[2].source = 999999;
	if (!*fault)
		fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_FDS, 2);
	close(high);
	close(higher);
	return fault;
}

/* Numbers that are free stay so for the child: the pidfds of both would come to lie there. */
static const char *free_numbers(const void *pointer)
{
	const struct holder *holder = pointer;
	struct clone3_plan plan;
	struct clone3_fd map[] = { { 0, 150 } };
	int lowest = fcntl(0, F_DUPFD_CLOEXEC, 3);
	const char *fault = "";

	close(lowest);
	if (holder->ordinary && !be_ordinary())
		return "cannot become another user";
	plan = plan_with(holder, "unused");
	plan.steps |= CLONE3_STEP_FDS;
	plan.fds = map;
	plan.fd_count = 1;
	for (map[0].source = lowest; map[0].source < lowest + 4 && !*fault; map[0].source++) {
		if (fcntl(map[0].source, F_GETFD) >= 0)
			continue;
		fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_FDS, 0);
		plan.steps ^= CLONE3_STEP_CLOSE_OTHERS;
		if (!*fault)
			fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_FDS, 0);
	}
	return fault;
}

static const char *failures(const void *pointer)
{
	const struct holder *holder = pointer;
	struct clone3_plan plan;
	const char *fault;
	struct clone3_child child;

	if (holder->ordinary && !be_ordinary())
		return "cannot become another user";
	plan = plan_with(holder, "unused");
	plan.path = "/no/such/program";
	fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	if (!*fault)
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_EXEC, 0);
	plan = plan_with(holder, "unused");
	plan.steps |= CLONE3_STEP_CWD;
	plan.cwd = "/no/such/directory";
	if (!*fault)
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_CWD, 0);
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	if (!*fault)
		fault = fault_of_refusal(&plan, ENOENT, CLONE3_STEP_CWD, 0);
	/* Before the nested one is born: by the one between. */
	plan = plan_with(holder, "unused");
	joins[1] = (struct clone3_join){ joins[0].fd, 0, CLONE3_NEWUSER };
	joins[1].fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	plan.join_count = 2;
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_JOIN_NAMESPACES, 1);
	plan.steps |= CLONE3_STEP_CLOSE_OTHERS;
	if (!*fault)
		fault = fault_of_refusal(&plan, EINVAL, CLONE3_STEP_JOIN_NAMESPACES, 1);
	/* Left out, it is a child as any other. */
	plan = plan_for("omitted");
	joins[0] = (struct clone3_join){ joins[1].fd, 0, CLONE3_NEWPID };
	plan.steps = plan.optional = CLONE3_STEP_JOIN_NAMESPACES;
	plan.joins = joins;
	plan.join_count = 1;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	close(joins[1].fd);
	if (*fault)
		return fault;
	if (child.omitted != plan.optional)
		return "it is not reported as left out";
	return report->value[0] == child.pid && report->value[4] == getpid() ? "" : "not as others";
}

/* The one of the caller's children that is not @other. */
static pid_t another_child(int tid, pid_t other)
{
	char path[64], text[256];
	int pids[3] = { 0 };

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", tid);
	read_text(path, text, sizeof(text));
	if (sscanf(text, "%d %d %d", &pids[0], &pids[1], &pids[2]) != 2)
		return 0;
	return pids[0] == other ? pids[1] : pids[0];
}

/*
 * While the nested one is on its way, it or the one between is killed. The first is the end of it.
 * The second has nothing more to do, but kept the caller parked: which waits on all the same.
 */
static const char *fault_of_kill(const struct holder *holder, bool between)
{
	static const struct gate_call at_chdir[] = { { SYS_chdir, GATE_ANY } };
	struct clone3_plan plan = plan_with(holder, "killed");
	struct gate gate = { 0 };
	struct gate_request request;
	pid_t victim;
	const char *fault = "";

	plan.steps |= CLONE3_STEP_CWD | CLONE3_STEP_CLOSE_OTHERS;
	plan.cwd = "/";
	gate_start(&gate, &plan, at_chdir, 1);
	if (!gate_next(&gate, &request)) {
		gate_finish(&gate);
		return "it is not held";
	}
	victim = between ? another_child(gate.tid, (pid_t)request.pid) : (pid_t)request.pid;
	if (victim <= 0)
		fault = "there is no other child";
	else
		kill(victim, SIGKILL);
	if (between) {
		sleep_ms(20);
		if (__atomic_load_n(&gate.ended, __ATOMIC_SEQ_CST))
			fault = "the caller returned while its memory was shared";
		gate_open(&gate, &request);
	}
	if (!gate_finish(&gate))
		return "the caller hangs";
	if (gate.result == 0) {
		int code = reap_code(gate.child.pid);

		close(gate.child.pidfd);
		if (!*fault && (!between || code != 125)) /* without its report, which was closed */
			fault = "another end than expected";
	} else if (between || gate.result != -ECANCELED ||
		   gate.child.failed_step != CLONE3_STEP_CWD || gate.child.pidfd != -1) {
		fault = "another failure than expected";
	}
	return *fault || has_no_child() ? fault : "a child is left";
}

static const char *killed(const void *pointer)
{
	struct state before, after;
	const char *fault = "";

	state_take(&before);
	for (int i = 0; i < 10 && !*fault; i++)
		fault = fault_of_kill(pointer, i % 2);
	state_take(&after);
	return *fault || before.descriptors == after.descriptors ? fault : "a descriptor is left";
}

static int can_gate(void *unused)
{
	static const struct gate_call call[] = { { SYS_chdir, GATE_ANY } };
	char path[64];

	(void)unused;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	return gate_install(call, 1) >= 0 && access(path, F_OK) == 0;
}

static void all(struct holder *holder, const char *who)
{
	char what[64];
	static const struct {
		const char *(*fn)(const void *);
		const char *what;
	} tests[] = {
		{ own, "it is the caller's own child" },
		{ descriptors, "its descriptors" },
		{ free_numbers, "numbers that are free" },
		{ failures, "failures on its way" },
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		snprintf(what, sizeof(what), "%s: %s", who, tests[i].what);
		holds_apart(tests[i].fn, holder, what);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		struct holder *holder = holder_start(CLONE3_NEWPID | CLONE3_NEWUTS, false, NULL);

		all(holder, "as root");
		if (apart(can_gate, NULL) == 1)
			holds_apart(killed, holder, "killed on its way, it or the one between");
		else
			skip("step_join_pid/killed",
			     "seccomp cannot ask, or /proc tells no children");
		holder_end(holder);
	} else {
		skip("step_join_pid/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may()) {
		struct holder *holder = holder_start(CLONE3_NEWUSER | CLONE3_NEWPID, true, NULL);

		all(holder, "as an ordinary user");
		holder_end(holder);
	} else {
		skip("step_join_pid/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
