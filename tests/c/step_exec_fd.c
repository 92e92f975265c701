/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* EXEC_FD: a program or a script by descriptor, and which number of it the program gets to see. */
#include "spawn.h"

#define LOW 40
#define COPY 41

/* Run by itself: counts descriptors. Run for a script: argv[0] is the interpreter's. */
static int program(const char *what)
{
	report->value[0] = fcntl(LOW, F_GETFD);
	report->value[1] = fcntl(COPY, F_GETFD);
	report->value[2] = 0;
	for (int fd = 3; fd < 64; fd++)
		report->value[2] += fd != report_fd && fcntl(fd, F_GETFD) >= 0;
	snprintf(report->text, sizeof(report->text), "%s", what);
	return 0;
}

static int script_main(char **argv)
{
	/* The interpreter, its argument, the script's path, the script's arguments from the second on. */
	if (!argv[2] || !argv[3] || !argv[4] || !report_map(atoi(argv[4])))
		return 124;
	program(argv[3]);
	snprintf(report->text, sizeof(report->text), "%s", argv[2]);
	return 0;
}

static int put_at(int number, int fd)
{
	int at = fcntl(fd, F_DUPFD_CLOEXEC, number);

	close(fd);
	return at;
}

int main(int argc, char **argv)
{
	char path[] = "/tmp/step-exec-fd-XXXXXX";
	char interpreter[512];
	char line[600];
	struct clone3_plan plan;
	ssize_t length;
	int script, fd, ends[2];

	if (argc > 1 && strcmp(argv[1], "script") == 0)
		return script_main(argv);
	if (argc > 1)
		return program_main(argv, program);
	report_open();
	report_fd = put_at(100, report_fd);
	fcntl(report_fd, F_SETFD, 0);
	snprintf(report_number, sizeof(report_number), "%d", report_fd);
	pipe2(ends, O_CLOEXEC);

	plan = plan_for("program");
	runs(&plan, 0, "by its path");

	int64_t others = report->value[2]; /* what this test was started with */

	plan = plan_by_fd_for("program");
	runs(&plan, 0, "an O_PATH descriptor");
	fcntl(plan.exec_fd, F_SETFD, 0);
	runs(&plan, 0, "one that is not close-on-exec");
	is(fcntl(plan.exec_fd, F_GETFD), 0, "the caller's descriptor keeps its flag");
	close(plan.exec_fd);
	plan.exec_fd = put_at(LOW, open("/proc/self/exe", O_RDONLY));
	fcntl(LOW, F_SETFD, 0);
	runs(&plan, 0, "one for reading");
	is(report->value[0], -1, "it is closed in the program");
	is(report->value[2], others, "and no copy of it is there");
	is(fcntl(LOW, F_GETFD), 0, "the caller's is as it was");

	plan.path = "/proc/self/exe";
	refused(&plan, EINVAL, CLONE3_STEP_EXEC_FD, 0, "beside a path");
	plan.path = NULL;
	plan.search_path = "";
	refused(&plan, EINVAL, CLONE3_STEP_EXEC_FD, 0, "beside a search");
	plan.search_path = NULL;
	plan.exec_fd = -1;
	refused(&plan, EBADF, CLONE3_STEP_EXEC_FD, 0, "negative");
	plan.exec_fd = 1000000;
	refused(&plan, EBADF, CLONE3_STEP_EXEC, 0, "not open");
	plan.exec_fd = ends[0];
	refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "a pipe");
	plan.exec_fd = open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC);
	refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "a directory");
	close(plan.exec_fd);
	close(LOW);

	/* The interpreter is this test: its name must be short enough for a script's first line. */
	length = readlink("/proc/self/exe", interpreter, sizeof(interpreter) - 1);
	interpreter[length < 0 ? 0 : length] = 0;
	fd = mkstemp(path);
	if (length <= 0 || length > 200 || fd < 0) {
		skip("step_exec_fd/script", "the test's path does not fit into a script");
		return done();
	}
	snprintf(line, sizeof(line), "#!%s script\n", interpreter);
	write(fd, line, strlen(line));
	fchmod(fd, 0755);
	close(fd);
	script = put_at(LOW, open(path, O_RDONLY));
	plan.exec_fd = script;
	runs(&plan, 0, "a script by a descriptor that is close-on-exec");
	is(report->value[0], 0, "it is open at its number, as the interpreter needs it");
	is(report->value[2], others + 1, "and nowhere else");
	ok(strcmp(report->text, "/dev/fd/40") == 0, "the interpreter is told %s", report->text);
	is(fcntl(script, F_GETFD), FD_CLOEXEC, "the caller's keeps its flag");
	fcntl(script, F_SETFD, 0);
	runs(&plan, 0, "one that is not close-on-exec");
	is(report->value[0], 0, "it is open at its number");
	fcntl(script, F_SETFD, FD_CLOEXEC);

	struct clone3_fd map[] = { { 0, LOW }, { 1, COPY }, { report_fd, report_fd } };

	plan.steps |= CLONE3_STEP_FDS | CLONE3_STEP_CLOSE_OTHERS;
	plan.fds = map;
	plan.fd_count = 3;
	runs(&plan, 0, "a script whose number is a target, and the next one, too");
	is(report->value[2], 3, "two targets and the script");
	ok(report->value[0] == 0 && report->value[1] == 0, "both targets are there");
	ok(strcmp(report->text, "/dev/fd/42") == 0, "the script is the lowest free: %s",
	   report->text);

	/* An interpreter that is not there is ENOENT, and leaves nothing. */
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	write(fd, "#!/no/such/program\n", 19);
	close(fd);
	plan.steps = CLONE3_STEP_EXEC_FD;
	plan.fds = NULL;
	plan.fd_count = 0;
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "a script without its interpreter");
	close(script);
	unlink(path);
	return done();
}
