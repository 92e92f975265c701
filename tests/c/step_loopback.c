/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* LOOPBACK: in a new network namespace the program talks to itself over 127.0.0.1. */
#include "old_kernel.h"
#include "spawn_namespace.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* A connection to oneself: 0, or the errno where it fails. */
static int connects(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[6] = "";
	int server;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
	    connect(client, (struct sockaddr *)&address, sizeof(address)) != 0)
		return errno;
	server = accept(listener, NULL, NULL);
	if (server < 0 || send(client, "hello", 6, 0) != 6 ||
	    recv(server, text, sizeof(text), MSG_WAITALL) != 6 || strcmp(text, "hello") != 0)
		return errno ? errno : EIO;
	return 0;
}

static int program(const char *what)
{
	(void)what;
	alarm(5);
	report->value[0] = connects();
	report->value[1] = (int64_t)proc_namespace(getpid(), "net");
	return 0;
}

static struct clone3_plan plan_with(uint64_t kinds)
{
	struct clone3_plan plan = plan_for("loopback");

	plan.steps = CLONE3_STEP_NAMESPACES | CLONE3_STEP_LOOPBACK;
	plan.namespaces = CLONE3_NEWNET | kinds;
	return plan;
}

static const char *usable(const void *kinds)
{
	struct clone3_plan plan = plan_with(*(const uint64_t *)kinds);
	int64_t here = (int64_t)proc_namespace(getpid(), "net");
	const char *fault;

	if (plan.namespaces & CLONE3_NEWUSER && !be_ordinary())
		return "cannot become another user";
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	if (report->value[0] != 0 || report->value[1] == here)
		return "no connection";
	plan.steps = CLONE3_STEP_NAMESPACES;
	fault = fault_of_run(&plan, 0, NULL);
	if (*fault)
		return fault;
	return report->value[0] ? "" : "there is a connection without the step";
}

/* The socket that the act needs is refused. */
static const char *without_a_socket(const void *kinds)
{
	struct clone3_plan plan = plan_with(*(const uint64_t *)kinds);
	struct clone3_child child;
	const char *fault;

	if (plan.namespaces & CLONE3_NEWUSER && !be_ordinary())
		return "cannot become another user";
	if (!refuse(SYS_socket, EAFNOSUPPORT))
		return "no filter";
	fault = fault_of_refusal(&plan, EAFNOSUPPORT, CLONE3_STEP_LOOPBACK, 0);
	plan.optional = CLONE3_STEP_LOOPBACK;
	if (!*fault)
		fault = fault_of_run(&plan, 0, &child);
	if (*fault)
		return fault;
	return child.omitted == CLONE3_STEP_LOOPBACK ? "" : "it is not left out";
}

int main(int argc, char **argv)
{
	const uint64_t none = 0, user = CLONE3_NEWUSER;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!proc_namespace(getpid(), "net")) {
		skip("step_loopback", "no network namespaces");
		return done();
	}
	if (has_capability(TEST_CAP_SYS_ADMIN)) {
		holds_apart(usable, &none, "as root");
		holds_apart(without_a_socket, &none, "no socket");
	} else {
		skip("step_loopback/root", "needs CAP_SYS_ADMIN");
	}
	if (ordinary_users_may()) {
		holds_apart(usable, &user, "as an ordinary user");
		holds_apart(without_a_socket, &user, "no socket, as an ordinary user");
	} else {
		skip("step_loopback/ordinary", "no user namespaces for ordinary users");
	}
	return done();
}
