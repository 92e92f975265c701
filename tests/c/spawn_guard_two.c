/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* One child's change of ids opens no other child, with any value of fs.suid_dumpable. */
#include "spawn_guard.h"

static const struct gate_call at_exec[] = { { SYS_execve, GATE_ANY } };
static const struct gate_call at_guard[] = { { SYS_prctl, 4 /* PR_SET_DUMPABLE */ } };

static void ends_well(struct gate *gate, const char *what)
{
	ok(gate_finish(gate) && gate->result == 0 && reap_code(gate->child.pid) == 0, "%s succeeds",
	   what);
	close(gate->child.pidfd);
}

/* The first call of a child that may have to wait for the other one's end before it is born. */
static bool is_born(struct gate *gate, struct gate_request *request)
{
	for (int i = 0; i < 15; i++)
		if (gate_receive(gate, request, 10)) {
			if ((int)request->pid != gate->tid) {
				gate->held = (pid_t)request->pid;
				return true;
			}
			gate_open(gate, request);
		}
	return false;
}

static void is_closed(struct gate *held, struct gate_request *request, enum attacker who,
		      const char *what)
{
	struct tally tally = attacked((pid_t)request->pid, who);

	ok(tally.had == 0 && tally.attached == 0 && tally.denied == 3, "%s", what);
	if (tally.had || tally.attached) /* its call has begun again */
		gate_next(held, request);
}

/* One has given up its rights and is held, when another begins to change its ids. */
static void change_beside_held(const struct clone3_plan *held_plan, enum attacker who)
{
	const struct clone3_plan changing_plan = plan_of_nobody();
	struct gate held = { 0 }, changing = { 0 };
	struct gate_request one, other;

	gate_start(&held, held_plan, at_exec, 1);
	ok(gate_next(&held, &one), "a child is held before exec");
	gate_start(&changing, &changing_plan, at_guard, 1);
	if (is_born(&changing, &other))
		do {
			is_closed(&held, &one, who, "it is closed at a change of another");
			gate_open(&changing, &other);
		} while (gate_next(&changing, &other));
	else
		is_closed(&held, &one, who, "it is closed while another waits");
	gate_open(&held, &one);
	ends_well(&held, "the held one");
	ends_well(&changing, "the other");
}

/* The other way round: one is in the middle of its change, when another gives up its own rights. */
static void give_up_beside_change(const struct clone3_plan *held_plan, enum attacker who)
{
	const struct clone3_plan changing_plan = plan_of_nobody();
	struct gate held = { 0 }, changing = { 0 };
	struct gate_request one, other;

	gate_start(&changing, &changing_plan, at_guard, 1);
	ok(gate_next(&changing, &other), "a child is held while its ids change");
	gate_start(&held, held_plan, at_exec, 1);
	if (is_born(&held, &one)) {
		do {
			is_closed(&held, &one, who, "another is closed at each change");
			gate_open(&changing, &other);
		} while (gate_next(&changing, &other));
		gate_open(&held, &one);
	} else {
		is_closed(&changing, &other, who, "it is closed while another waits");
		gate_open(&changing, &other);
	}
	ends_well(&changing, "the changing one");
	ends_well(&held, "the other");
}

static int spawns_nobody(void *unused)
{
	const struct clone3_plan plan = plan_of_nobody();
	struct clone3_child child = child_record();

	(void)unused;
	alarm(10);
	return clone3_spawn(&plan, &child) == 0 ? reap_code(child.pid) : 1;
}

/* A process that is forked while a guard stands has none of it: nobody there would end it. */
static void fork_beside_held(const struct clone3_plan *held_plan)
{
	struct gate held = { 0 };
	struct gate_request one;

	gate_start(&held, held_plan, at_exec, 1);
	ok(gate_next(&held, &one), "a child is held before exec");
	is(apart(spawns_nobody, NULL), 0, "a process forked meanwhile waits for nobody");
	gate_open(&held, &one);
	ends_well(&held, "the held one");
}

int main(int argc, char **argv)
{
	struct clone3_plan nobody, root;
	struct state before;

	(void)argv;
	if (argc > 1)
		return 0;
	if (!guard_can_be_tested("spawn_guard_two"))
		return done();
	secret_make();
	nobody = plan_of_nobody();
	root = plan_of_root_without_capabilities();
	if (!suid_dumpable_begin()) {
		skip("spawn_guard_two", "fs.suid_dumpable cannot be set");
		return done();
	}
	state_take(&before);
	for (int value = 0; value <= 2; value++) {
		suid_dumpable_set(value);
		printf("# fs.suid_dumpable %d\n", value);
		change_beside_held(&nobody, ATTACKER_NOBODY);
		change_beside_held(&root, ATTACKER_ROOT_WITHOUT_CAPABILITIES);
		give_up_beside_change(&nobody, ATTACKER_NOBODY);
		give_up_beside_change(&root, ATTACKER_ROOT_WITHOUT_CAPABILITIES);
		fork_beside_held(&nobody);
	}
	nothing_left(&before, "spawns side by side");
	return done();
}
