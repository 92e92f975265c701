/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The helper killed at each stage, alone, by a filter that kills the thread that makes a call which
 * only the helper makes: -EOWNERDEAD of the map that is not written; behind the last, success.
 */
#include "idmap.h"

#define FILTER_KILL_THREAD 0U

/* A call with certain arguments, under masks. */
struct deadly {
	const char *name;
	long number;
	struct {
		uint32_t index;
		uint32_t mask;
		uint32_t value;
	} arguments[2];
	uint64_t step; /* that fails; 0: none */
};

static bool make_deadly(const struct deadly *call)
{
	const struct filter_step steps[] = {
		{ FILTER_LOAD, 0, 0, FILTER_NUMBER },
		{ FILTER_IF_EQUAL, 0, 7, (uint32_t)call->number },
		{ FILTER_LOAD, 0, 0, FILTER_ARGUMENT(call->arguments[0].index) },
		{ FILTER_AND, 0, 0, call->arguments[0].mask },
		{ FILTER_IF_EQUAL, 0, 4, call->arguments[0].value },
		{ FILTER_LOAD, 0, 0, FILTER_ARGUMENT(call->arguments[1].index) },
		{ FILTER_AND, 0, 0, call->arguments[1].mask },
		{ FILTER_IF_EQUAL, 0, 1, call->arguments[1].value },
		{ FILTER_ANSWER, 0, 0, FILTER_KILL_THREAD },
		{ FILTER_ANSWER, 0, 0, FILTER_ALLOW },
	};

	return filter_install(steps, sizeof(steps) / sizeof(steps[0]));
}

struct spawner {
	const struct clone3_plan *plan;
	const struct deadly *call;
	struct clone3_child child;
	int result;
	uint64_t took_ns;
};

static void *spawn_filtered(void *pointer)
{
	struct spawner *spawner = pointer;
	uint64_t begin;

	spawner->child = child_record();
	spawner->result = -EDOM;
	if (!make_deadly(spawner->call))
		return NULL;
	begin = now_ns(CLOCK_MONOTONIC);
	spawner->result = clone3_spawn(spawner->plan, &spawner->child);
	spawner->took_ns = now_ns(CLOCK_MONOTONIC) - begin;
	return NULL;
}

static struct spawner spawned_with(const struct clone3_plan *plan, const struct deadly *call)
{
	struct spawner spawner = { .plan = plan, .call = call };
	pthread_t thread;

	pthread_create(&thread, NULL, spawn_filtered, &spawner);
	pthread_join(thread, NULL);
	return spawner;
}

#define ANY                                                                                        \
	{                                                                                          \
		0, 0, 0                                                                            \
	}
#define WRITE_OF(text, step) SYS_write, { { 2, ~0U, sizeof(text) - 1 }, ANY }, step

static const struct deadly stages[] = {
	{ "it opens the first file",
	  SYS_openat,
	  { { 2, ~0U, O_WRONLY | O_CLOEXEC }, ANY },
	  CLONE3_STEP_DENY_SETGROUPS },
	{ "it denies setgroups", WRITE_OF(IDMAP_DENY, CLONE3_STEP_DENY_SETGROUPS) },
	{ "it writes the uids", WRITE_OF(IDMAP_UIDS, CLONE3_STEP_UID_MAP) },
	{ "it writes the gids", WRITE_OF(IDMAP_GIDS, CLONE3_STEP_GID_MAP) },
};

static bool failed_by_death(const struct spawner *spawner, uint64_t step)
{
	const struct clone3_child *child = &spawner->child;

	return spawner->result == -EOWNERDEAD && child->error == EOWNERDEAD &&
	       child->failed_step == step && child->failed_index == 0 && child->pid == -1 &&
	       child->pidfd == -1;
}

static void killed_at(const struct deadly *call)
{
	const struct clone3_plan plan = plan_with_maps("unused");
	struct spawner spawner;
	struct state before;

	state_take(&before);
	spawner = spawned_with(&plan, call);
	if (!ok(failed_by_death(&spawner, call->step), "killed when %s: EOWNERDEAD of %s",
		call->name, clone3_step_name(call->step)))
		printf("# result %d, step %s\n", spawner.result,
		       clone3_step_name(spawner.child.failed_step));
	ok(spawner.took_ns < 1000000000, "within a second");
	nothing_left(&before, call->name);
}

/* What it would have written is left out where it is optional. */
static void killed_optional(void)
{
	struct clone3_plan plan = plan_with_maps("unused");
	struct spawner spawner;

	plan.optional = CLONE3_STEP_UID_MAP | CLONE3_STEP_GID_MAP;
	spawner = spawned_with(&plan, &stages[2]);
	ok(spawner.result == 0 && spawner.child.omitted == plan.optional,
	   "optional maps of a dead helper are omitted");
	is(reap_code(spawner.child.pid), 0, "and the program runs");
	close(spawner.child.pidfd);
}

/* The addresses of the helper's two words within their page, which are the same in every spawn. */
static void learn_words(uint32_t *child_state, uint32_t *helper_state)
{
	static const struct gate_call calls[] = { { SYS_futex, GATE_ANY },
						  { SYS_prctl, 1 /* PR_SET_PDEATHSIG */ } };
	const struct clone3_plan plan = plan_with_maps("unused");
	struct gate gate = { 0 };
	struct walk walk;
	struct gate_request request, child;

	walk_start(&walk, &gate, &plan, calls, 2);
	/* The child is held until the helper waits for it. */
	memset(&child, 0, sizeof(child));
	while (gate_receive(&gate, &request, 10000)) {
		enum role who = role_of(&walk, (pid_t)request.pid);
		uint32_t word = (uint32_t)request.arguments[0] & 0xfff;

		if (who == ROLE_CHILD && request.number == SYS_prctl && !*child_state) {
			child = request;
			continue;
		}
		if (who == ROLE_HELPER && request.arguments[1] == RAW_FUTEX_WAIT)
			*child_state = word;
		if (who == ROLE_HELPER && request.arguments[1] == RAW_FUTEX_WAKE)
			*helper_state = word;
		gate_open(&gate, &request);
		if (who == ROLE_HELPER && child.id)
			gate_open(&gate, &child);
		if (*helper_state)
			break;
	}
	gate_finish(&gate);
	is(gate.result, 0, "the helper's words are known");
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
}

/*
 * The death does not happen in every spawn: the child may be there before the helper looks, and on a
 * single processor mostly is.
 */
static void killed_waiting(uint32_t child_state)
{
	const struct deadly call = { "it waits for the child",
				     SYS_futex,
				     { { 0, 0xfff, child_state }, { 1, ~0U, RAW_FUTEX_WAIT } },
				     CLONE3_STEP_DENY_SETGROUPS };
	struct clone3_plan plan = plan_with_maps("unused");
	struct state before;
	int dead = 0, wrong = 0;
	uint64_t longest = 0;

	state_take(&before);
	plan.namespaces |= CLONE3_NEWNET; /* takes its time */
	for (int i = 0; i < 3000 && dead < 10; i++) {
		struct spawner spawner = spawned_with(&plan, &call);

		if (spawner.took_ns > longest)
			longest = spawner.took_ns;
		if (spawner.result == 0) {
			reap_code(spawner.child.pid);
			close(spawner.child.pidfd);
		} else {
			dead++;
			if (!failed_by_death(&spawner, call.step) && !wrong++)
				printf("# error %d, step %s\n", spawner.child.error,
				       clone3_step_name(spawner.child.failed_step));
		}
	}
	printf("# %d died, %d told otherwise\n", dead, wrong);
	ok(dead > 0 && wrong == 0, "killed when %s: EOWNERDEAD", call.name);
	ok(longest < 1000000000, "within a second");
	nothing_left(&before, call.name);
}

static void killed_decided(uint32_t helper_state)
{
	const struct deadly call = { "it has written all",
				     SYS_futex,
				     { { 0, 0xfff, helper_state }, { 1, ~0U, RAW_FUTEX_WAKE } },
				     0 };
	const struct clone3_plan plan = plan_with_maps("maps");
	struct spawner spawner;
	struct state before;

	state_take(&before);
	spawner = spawned_with(&plan, &call);
	is(spawner.result, 0, "killed when it has written all: success");
	ok(spawner.took_ns < 1000000000, "within a second");
	is(reap_code(spawner.child.pid), 23, "the program has its maps");
	close(spawner.child.pidfd);
	nothing_left(&before, call.name);
}

static int program(const char *what)
{
	if (strcmp(what, "maps") != 0)
		return 0;
	return strcmp(idmap_of(0, "uid_map"), IDMAP_UIDS) == 0 &&
			       strcmp(idmap_of(0, "gid_map"), IDMAP_GIDS) == 0 ?
		       23 :
		       1;
}

int main(int argc, char **argv)
{
	struct clone3_plan plan;
	struct gate gate = { 0 };
	uint32_t child_state = 0, helper_state = 0;

	if (argc > 1)
		return program_main(argv, program);
	report_open();
	if (!idmap_can_be_tested("idmap_killed_helper"))
		return done();
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		killed_at(&stages[i]);
	killed_optional();

	plan = plan_with_maps("unused");
	if (!gate_start(&gate, &plan, NULL, 0)) {
		skip("idmap_killed_helper: its words", "seccomp cannot ask");
		return done();
	}
	gate_finish(&gate);
	reap_code(gate.child.pid);
	close(gate.child.pidfd);
	learn_words(&child_state, &helper_state);
	killed_waiting(child_state);
	killed_decided(helper_state);
	return done();
}
