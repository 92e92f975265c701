/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Programs that cannot be executed: execve's errno comes back as that of the exec. */
#include "spawn.h"

static int program(const char *what)
{
	(void)what;
	report->value[0] = getenv("SPAWN_TEST") != NULL;
	return 0;
}

static char *make_file(const char *directory, const char *name, const char *text, mode_t mode)
{
	static char paths[8][128];
	static int next;
	char *path = paths[next++ % 8];
	int fd;

	snprintf(path, sizeof(paths[0]), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, mode) != 0) {
		printf("Bail out! no file: %s\n", strerror(errno));
		exit(1);
	}
	close(fd);
	return path;
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/step-exec-errors-XXXXXX";
	const char *arguments[] = { "program", "what", NULL, NULL };
	const char *huge_arguments[] = { "program", NULL, NULL };
	const char *const environment[] = { "SPAWN_TEST=1", NULL };
	const char *const no_environment[] = { NULL };
	struct clone3_plan plan;
	char *plain, *nothing, *text, *orphan, *script, *huge, *long_name;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	arguments[2] = report_number;
	if (!mkdtemp(directory)) {
		printf("Bail out! no directory\n");
		return 1;
	}
	plain = make_file(directory, "not-executable", "#!/bin/sh\n", 0644);
	nothing = make_file(directory, "empty", "", 0755);
	text = make_file(directory, "text", "no program\n", 0755);
	orphan = make_file(directory, "orphan", "#!/no/such/interpreter\n", 0755);
	script = make_file(directory, "script", "#!/proc/self/exe what\n", 0755);

	plan = plan_for("exec");
	plan.envp = environment;
	runs(&plan, 0, "an environment");
	is(report->value[0], 1, "the program has it");
	plan.envp = no_environment;
	runs(&plan, 0, "an empty environment");
	is(report->value[0], 0, "the program has none");
	plan.envp = NULL;
	plan.path = (const char *)8;
	refused(&plan, EFAULT, CLONE3_STEP_EXEC, 0, "a path at a bad address");
	plan = plan_for("exec");
	setenv("SPAWN_TEST", "2", 1);
	runs(&plan, 0, "no environment of its own");
	is(report->value[0], 1, "the program has the caller's");

	plan.path = "/no/such/program";
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "not there");
	plan.path = "";
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "an empty name");
	plan.path = directory;
	refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "a directory");
	plan.path = plain;
	refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "not executable");
	plan.path = "/proc/self/status/program";
	refused(&plan, ENOTDIR, CLONE3_STEP_EXEC, 0, "below a file");
	plan.path = text;
	refused(&plan, ENOEXEC, CLONE3_STEP_EXEC, 0, "text: no shell takes it");
	plan.path = nothing;
	refused(&plan, ENOEXEC, CLONE3_STEP_EXEC, 0, "an empty file");
	plan.path = orphan;
	refused(&plan, ENOENT, CLONE3_STEP_EXEC, 0, "a script without its interpreter");

	int writer = open(script, O_WRONLY | O_CLOEXEC);

	plan.path = script;
	refused(&plan, ETXTBSY, CLONE3_STEP_EXEC, 0, "open for writing");
	close(writer);

	long_name = malloc(5001);
	memset(long_name, 'n', 5000);
	long_name[5000] = 0;
	plan.path = long_name;
	refused(&plan, ENAMETOOLONG, CLONE3_STEP_EXEC, 0, "a name above PATH_MAX");

	huge = malloc(200001); /* MAX_ARG_STRLEN is 128 KiB */
	memset(huge, 'a', 200000);
	huge[200000] = 0;
	huge_arguments[1] = huge;
	plan.path = "/proc/self/exe";
	plan.argv = huge_arguments;
	refused(&plan, E2BIG, CLONE3_STEP_EXEC, 0, "an argument that is too long");
	plan.argv = arguments;
	runs(&plan, 0, "after all of that");

	free(huge);
	free(long_name);
	unlink(plain);
	unlink(nothing);
	unlink(text);
	unlink(orphan);
	unlink(script);
	rmdir(directory);
	return done();
}
