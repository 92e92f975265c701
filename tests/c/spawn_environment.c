/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Without an environment in the plan the program gets the caller's, as it is at the call. */
#include "spawn.h"

extern char **environ;

static int program(const char *what)
{
	size_t at = 0;

	(void)what;
	for (char **variable = environ; variable && *variable; variable++) {
		at += (size_t)snprintf(report->text + at, sizeof(report->text) - at, "%.200s\n",
				       *variable);
		report->value[0]++;
		if (at > sizeof(report->text) - 256)
			break;
	}
	return 0;
}

static bool sees(const char *text)
{
	return strstr(report->text, text) != NULL;
}

int main(int argc, char **argv)
{
	static const char *const own[] = { "OWN=1", "EMPTY=", NULL };
	static const char *const none[] = { NULL };
	struct clone3_plan plan;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	plan = plan_for("environment");
	clearenv();
	setenv("FIRST", "one", 1);
	runs(&plan, 0, "the caller's environment");
	ok(sees("FIRST=one\n") && report->value[0] == 1, "is the program's");
	setenv("FIRST", "two", 1);
	setenv("SECOND", "three", 1);
	runs(&plan, 0, "after a change");
	ok(sees("FIRST=two\n") && sees("SECOND=three\n") && report->value[0] == 2,
	   "it has the new one");
	unsetenv("FIRST");
	runs(&plan, 0, "after a variable is removed");
	ok(sees("SECOND=three\n") && report->value[0] == 1, "it has gone");
	plan.envp = own;
	runs(&plan, 0, "one of its own");
	ok(sees("OWN=1\n") && sees("EMPTY=\n") && report->value[0] == 2, "replaces the caller's");
	plan.envp = none;
	runs(&plan, 0, "an empty one");
	is(report->value[0], 0, "is empty");
	plan.envp = NULL;
	environ = NULL;
	runs(&plan, 0, "a caller without any");
	is(report->value[0], 0, "gives none");
	return done();
}
