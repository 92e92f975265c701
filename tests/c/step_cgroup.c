/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* CGROUP: the program is born in it; what is wrong with the cgroup is reported as this step's. */
#include "cgroup_dir.h"
#include "filter.h"
#include "spawn.h"

static int program(const char *what)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[512];

	(void)what;
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, "0::", 3) == 0) {
			line[strcspn(line, "\n")] = 0;
			snprintf(report->text, sizeof(report->text), "%s", line + 3);
		}
	if (file)
		fclose(file);
	return 0;
}

static bool was_in(const struct cgroup *cgroup)
{
	const char *name = strrchr(cgroup->path, '/');
	size_t length = strlen(name);
	size_t seen = strlen(report->text);

	return seen >= length && strcmp(report->text + seen - length, name) == 0;
}

static const char *as_nobody(const void *plan)
{
	return be_nobody() ? fault_of_refusal(plan, EACCES, CLONE3_STEP_CGROUP, 0) : "not nobody";
}

/* Without clone3 the child joins it, before all else. */
static const char *joins(const void *pointer)
{
	const struct cgroup *cgroup = pointer;
	struct clone3_plan plan = plan_for("cgroup");
	struct clone3_child child;
	const char *fault;
	int ends[2];

	if (!filter_clone3(ENOSYS) || pipe2(ends, O_CLOEXEC) != 0)
		return "no filter";
	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = cgroup->fd;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	if (!was_in(cgroup))
		return "the program is elsewhere";
	if (child.emulated != CLONE3_STEP_CGROUP || child.omitted)
		return "it is not reported as emulated";
	plan.cgroup_fd = ends[0];
	fault = fault_of_refusal(&plan, EBADF, CLONE3_STEP_CGROUP, 0);
	if (*fault)
		return fault;
	plan.optional = CLONE3_STEP_CGROUP;
	fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == CLONE3_STEP_CGROUP && !child.emulated ? "" : "not omitted";
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct clone3_child child;
	struct cgroup cgroup, gone, killed;
	int ends[2];

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	pipe2(ends, O_CLOEXEC);
	plan = plan_for("cgroup");
	plan.steps = CLONE3_STEP_CGROUP;
	plan.cgroup_fd = -1;
	refused(&plan, EBADF, CLONE3_STEP_CGROUP, 0, "negative");
	plan.cgroup_fd = 1000000;
	refused(&plan, EBADF, CLONE3_STEP_CGROUP, 0, "not open");
	plan.cgroup_fd = ends[0];
	refused(&plan, EBADF, CLONE3_STEP_CGROUP, 0, "a pipe");
	plan.optional = CLONE3_STEP_CGROUP;
	child = runs(&plan, 0, "optional, and a pipe");
	is(child.omitted, CLONE3_STEP_CGROUP, "it is reported as left out");
	plan.optional = 0;

	if (!(support_here().flags & CLONE3_INTO_CGROUP) || !cgroup_make(NULL, &cgroup)) {
		skip("step_cgroup", "needs Linux 5.7 and a cgroup v2 to make cgroups in");
		return done();
	}
	plan.cgroup_fd = cgroup.fd;
	child = runs(&plan, 0, "a cgroup");
	ok(was_in(&cgroup), "the program is in it: %s", report->text);
	ok(child.emulated == 0 && child.omitted == 0, "by the kernel's own means");
	plan.optional = CLONE3_STEP_CGROUP;
	child = runs(&plan, 0, "optional");
	ok(was_in(&cgroup) && child.omitted == 0, "and in it");
	plan.optional = 0;
	plan.cgroup_fd = open(cgroup.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	runs(&plan, 0, "by an O_PATH descriptor");
	ok(was_in(&cgroup), "the program is in it");
	close(plan.cgroup_fd);
	plan.cgroup_fd = cgroup.fd;

	plan.path = "/no/such/program";
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "another step's failure is not the cgroup's");
	is(clone3_cgroup_wait_empty(cgroup.fd, 10000000000), 0, "nobody is left in it");
	plan.path = "/proc/self/exe";
	if (has_capability(7 /* CAP_SETUID */))
		holds_apart(as_nobody, &plan, "one that may not be entered");
	else
		skip("step_cgroup/nobody", "needs CAP_SETUID");
	holds_apart(joins, &cgroup, "without clone3");

	if (cgroup_write(&cgroup, "pids.max", "0")) {
		refused(&plan, EAGAIN, CLONE3_STEP_CLONE, 0, "a full one: the clone's");
		cgroup_write(&cgroup, "pids.max", "max");
	}
	if (cgroup_make(NULL, &killed)) {
		int result = clone3_cgroup_kill(killed.fd);

		ok(result == 0 || result == -EOPNOTSUPP, /* before Linux 5.14 */
		   "a cgroup is killed while it is empty");
		plan.cgroup_fd = killed.fd;
		/* Seen on 6.18; other kernels let it live. */
		if (fault_of_refusal(&plan, ECANCELED, CLONE3_STEP_CGROUP, 0)[0] == 0)
			ok(true, "what is born in it is killed, and reported as the cgroup's");
		else
			runs(&plan, 0, "what is born in it lives on this kernel");
		cgroup_remove(&killed);
	}

	if (cgroup_make(NULL, &gone)) {
		rmdir(gone.path);
		plan.cgroup_fd = gone.fd;
		refused(&plan, ENOENT, CLONE3_STEP_CGROUP, 0, "a removed one");
		plan.optional = CLONE3_STEP_CGROUP;
		child = runs(&plan, 0, "optional, and removed");
		is(child.omitted, CLONE3_STEP_CGROUP, "it is left out");
		close(gone.fd);
	}
	cgroup_remove(&cgroup);
	return done();
}
