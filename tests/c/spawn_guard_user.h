/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The body of two tests: children in new and joined user namespaces are attacked on their way to
 * exec, with the guard, and in a program that is linked without it.
 */
#ifndef SPAWN_GUARD_USER_H
#define SPAWN_GUARD_USER_H

#include "idmap_victims.h"
#include "spawn_guard.h"

/* After each call at which a child of these plans may have become another. */
static const struct gate_call user_stops[] = {
	{ SYS_setns, GATE_ANY }, { SYS_clone3, GATE_ANY }, { SYS_setsid, GATE_ANY },
	{ SYS_chdir, GATE_ANY }, { SYS_execve, GATE_ANY },
};
#define USER_STOPS (sizeof(user_stops) / sizeof(user_stops[0]))

/* A container: a user namespace with a map, and a pid namespace in it. */
struct container {
	pid_t pid;
	int user_fd;
	int pid_fd;
};

static inline bool write_text(pid_t pid, const char *name, const char *text)
{
	char path[64];
	int fd;
	bool written;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return written;
}

static inline int namespace_open(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static inline struct container container_start(void)
{
	struct clone3_args args = {
		.flags = CLONE3_NEWUSER | CLONE3_NEWPID,
		.exit_signal = SIGCHLD,
	};
	struct container container;

	container.pid = (pid_t)syscall(SYS_clone3, &args, CLONE3_ARGS_SIZE_VER0);
	if (container.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	container.user_fd = namespace_open(container.pid, "user");
	container.pid_fd = namespace_open(container.pid, "pid");
	if (!write_text(container.pid, "uid_map", "0 100000 65536") ||
	    !write_text(container.pid, "gid_map", "0 100000 65536") || container.pid_fd < 0)
		printf("# the container has no map\n");
	return container;
}

static inline void container_end(struct container *container)
{
	kill(container->pid, SIGKILL);
	reap(container->pid);
	close(container->user_fd);
	close(container->pid_fd);
}

/* Who attacks: with the caller's user id but none of its rights, or with all in the container. */
enum user_attacker { USER_WITHOUT_CAPABILITIES, USER_ROOT_OF_CONTAINER, USER_ATTACKERS };

static const char *const user_attacker_names[USER_ATTACKERS] = { "root without rights",
								 "root of the container" };

struct user_attack {
	pid_t pid;
	enum user_attacker who;
	int user_fd;
	struct tally *tally;
};

static inline int user_attack(void *pointer)
{
	const struct user_attack *attack = pointer;
	bool became;

	if (attack->who == USER_ROOT_OF_CONTAINER)
		became = syscall(SYS_setns, attack->user_fd, CLONE_NEWUSER) == 0 &&
			 syscall(SYS_setresgid, 0, 0, 0) == 0 &&
			 syscall(SYS_setresuid, 0, 0, 0) == 0;
	else
		became = attacker_become(ATTACKER_ROOT_WITHOUT_CAPABILITIES);
	if (!became)
		return 1;
	attack_by_reading(attack->pid, attack->tally);
	attack_by_proc(attack->pid, attack->tally);
	attack_by_tracing(attack->pid, true, attack->tally);
	attack_by_tracing(attack->pid, false, attack->tally);
	return 0;
}

/* The sum at every stop of one spawn, or up to the first at which anything was got. */
static inline struct tally user_attacked(const struct clone3_plan *plan, enum user_attacker who,
					 const struct container *container, int *stops)
{
	struct tally *tally = shared_memory(sizeof(*tally));
	struct user_attack attack = { 0, who, container->user_fd, tally };
	struct gate gate = { 0 };
	struct gate_request request;
	struct tally sum;

	*stops = 0;
	gate_start(&gate, plan, user_stops, USER_STOPS);
	while (!tally->had && !tally->attached && gate_next(&gate, &request)) {
		attack.pid = (pid_t)request.pid;
		if (apart(user_attack, &attack) != 0)
			ok(false, "an attacker could not attack");
		++*stops;
		gate_open(&gate, &request);
	}
	gate_finish(&gate);
	if (gate.result == 0) {
		reap_code(gate.child.pid);
		close(gate.child.pidfd);
	} else {
		printf("# result %d, step %s\n", gate.result,
		       clone3_step_name(gate.child.failed_step));
	}
	sum = *tally;
	munmap(tally, sizeof(*tally));
	return sum;
}

/* A new namespace with maps and without; a join; a join whose program is a nested child. */
#define USER_PLANS 4
#define NEW_USER_PLANS 2
static struct clone3_join user_joins[2];

static inline void user_plans(const struct container *container,
			      struct clone3_plan plans[USER_PLANS])
{
	user_joins[0] = (struct clone3_join){ container->user_fd, 0, CLONE3_NEWUSER };
	user_joins[1] = (struct clone3_join){ container->pid_fd, 0, CLONE3_NEWPID };
	plans[0] = plan_with_maps("unused");
	plans[1] = plan_for("unused");
	plans[1].steps = CLONE3_STEP_NAMESPACES;
	plans[1].namespaces = CLONE3_NEWUSER;
	for (int i = NEW_USER_PLANS; i < USER_PLANS; i++) {
		plans[i] = plan_for("unused");
		plans[i].steps = CLONE3_STEP_JOIN_NAMESPACES;
		plans[i].joins = user_joins;
		plans[i].join_count = (size_t)(i - NEW_USER_PLANS + 1);
	}
	for (int i = 0; i < USER_PLANS; i++) {
		plans[i].steps |= CLONE3_STEP_CWD | CLONE3_STEP_SESSION;
		plans[i].cwd = "/";
	}
}

static const char *const user_plan_names[USER_PLANS] = {
	"a new user namespace",
	"one without maps",
	"a joined one",
	"a joined one with its pid namespace",
};

#endif
