/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* search_path: which file is taken, and which errno is told when there is none. */
#include "spawn.h"

#define LONGEST 4096 /* PATH_MAX, with the final NUL */

static int program(const char *what)
{
	(void)what;
	return 0;
}

/* An executable that ends with a status that tells which it was; not executable if that is 0. */
static void make(const char *path, int status)
{
	char text[64];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	snprintf(text, sizeof(text), "#!/bin/sh\nexit %d\n", status);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, status ? 0755 : 0644) != 0) {
		printf("Bail out! no file %s: %s\n", path, strerror(errno));
		exit(1);
	}
	close(fd);
}

static struct clone3_plan search(const char *name, const char *search_path)
{
	struct clone3_plan plan = plan_for("search");

	plan.path = name;
	plan.search_path = search_path;
	return plan;
}

static void found(const char *name, const char *search_path, int status, const char *what)
{
	struct clone3_plan plan = search(name, search_path);

	runs(&plan, status, what);
}

static void missing(const char *name, const char *search_path, int error, const char *what)
{
	struct clone3_plan plan = search(name, search_path);

	refused(&plan, error, CLONE3_STEP_EXEC, 0, what);
}

/* A path of @length bytes that leads to "b": "././././b", or ".//./././b". */
static char *path_of_length(size_t length)
{
	char *path = malloc(length + 1);
	size_t at = 0;

	if (length % 2 == 0) {
		memcpy(path, ".//", 3);
		at = 3;
	}
	while (at + 1 < length) {
		path[at++] = '.';
		path[at++] = '/';
	}
	path[at++] = 'b';
	path[at] = 0;
	return path;
}

int main(int argc, char **argv)
{
	static const char *const directories[] = { "a", "b", "c", "locked" };
	char directory[] = "/tmp/step-exec-search-XXXXXX";
	char text[3 * LONGEST];
	struct clone3_plan plan;
	char *fits, *too_long;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!mkdtemp(directory) || chdir(directory) != 0) {
		printf("Bail out! no directory\n");
		return 1;
	}
	chmod(directory, 0755);
	for (size_t i = 0; i < 4; i++)
		mkdir(directories[i], 0755);
	make("a/closed", 0);
	make("b/closed", 12);
	make("b/tool", 2);
	make("c/tool", 3);
	make("tool", 9);
	make("plain", 0);
	make("b/onlyb", 22);
	make("file", 7);
	make("b/text", 1);
	if (truncate("b/text", 1) != 0)
		return 1;
	make("c/text", 33);
	mkdir("a/isdir", 0755);
	make("c/isdir", 44);

	snprintf(text, sizeof(text), "%s/a:%s/b:%s/c", directory, directory, directory);
	found("tool", text, 2, "the first directory that has it");
	found("tool", "c:b", 3, "the order is that of the list");
	found("tool", "/no/such/place:b", 2, "a directory that is not there");
	found("tool", "file:b", 2, "one that is a file");
	found("tool", "b/", 2, "with a slash at its end");
	found("closed", "a:b", 12, "what may not be executed is passed over");
	found("isdir", "a:c", 44, "so is a directory");
	found("tool", "", 9, "an empty list is the current directory");
	found("tool", ":b", 9, "so is an empty element at the beginning");
	found("tool", "a:", 9, "and at the end");
	found("tool", "a::b", 9, "and in the middle");
	found("./tool", "b", 9, "a name with a slash is not searched");
	found("b/tool", "c", 2, "nor is any other path");
	missing("/tool", "b", ENOENT, "nor an absolute one");
	missing("b/no", "b:c", ENOENT, "and nothing is looked for behind it");
	missing("", "b:c", ENOENT, "an empty name is found nowhere");

	missing("nothing", "a:b:c", ENOENT, "nowhere");
	missing("nothing", "a:file:c", ENOENT, "nowhere, with a file among the directories");
	missing("closed", "a:c", EACCES, "EACCES beats a later ENOENT");
	missing("closed", "c:a", EACCES, "and an earlier one");
	missing("plain", "", EACCES, "EACCES of the current directory");
	missing("text", "a:b:c", ENOEXEC, "what is found and no program ends the search");

	/* What would be longer than PATH_MAX with its NUL is passed over, one byte less is not. */
	fits = path_of_length(LONGEST - 1 - strlen("/onlyb"));
	too_long = path_of_length(LONGEST - strlen("/onlyb"));
	found("onlyb", fits, 22, "an element of the greatest length");
	missing("onlyb", too_long, ENOENT, "one byte more is passed over");
	snprintf(text, sizeof(text), "%s:c:b", too_long);
	found("onlyb", text, 22, "and the rest is searched");
	free(fits);
	free(too_long);
	memset(text, 'n', 5000);
	text[5000] = 0;
	missing(text, "a:b", ENOENT, "a name that fits nowhere");

	/* Relative to the directory that the plan sets, and as its user. */
	plan = search("onlyb", ".");
	plan.steps = CLONE3_STEP_CWD;
	plan.cwd = "b";
	runs(&plan, 22, "counted from the new directory");
	plan = search("tool", "b:c");
	if (has_capability(18 /* CAP_SYS_CHROOT */)) {
		plan.search_path = "/a:/c";
		plan.path = "isdir";
		plan.steps = CLONE3_STEP_ROOT;
		plan.root = directory;
		refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "looked for in the new root");
	} else {
		skip("step_exec_search/root", "needs CAP_SYS_CHROOT");
	}
	if (has_capability(7 /* CAP_SETUID */)) {
		make("locked/tool", 5);
		chmod("locked", 0700);
		plan = search("tool", "locked:c");
		runs(&plan, 5, "the caller may look there");
		plan.steps = CLONE3_STEP_UID;
		plan.uid = 65534;
		runs(&plan, 3, "the new user may not");
		plan.search_path = "locked";
		refused(&plan, EACCES, CLONE3_STEP_EXEC, 0, "which is told");
		unlink("locked/tool");
	} else {
		skip("step_exec_search/user", "needs CAP_SETUID");
	}

	static const char *const files[] = { "a/closed", "b/closed", "b/tool",  "c/tool",
					     "tool",     "plain",    "b/onlyb", "file",
					     "b/text",   "c/text",   "c/isdir" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("a/isdir");
	for (size_t i = 0; i < 4; i++)
		rmdir(directories[i]);
	rmdir(directory);
	return done();
}
