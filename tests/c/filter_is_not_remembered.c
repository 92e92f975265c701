/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Whether clone3 is filtered is found out at each call: a filter may come, or be a thread's own. */
#include "filter.h"

#include <pthread.h>

/* Ends with 3, unless the request needs clone3 and there is none. */
static int child(uint64_t flags)
{
	struct clone3_args args = args_with(flags);
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0)
		_exit(3);
	return pid < 0 ? pid : reap_code(pid);
}

static int plain, needs_clone3;
static bool filtered;

static void *filtered_thread(void *error)
{
	filtered = filter_clone3(*(int *)error);
	plain = child(0);
	needs_clone3 = child(CLONE3_CLEAR_SIGHAND);
	return NULL;
}

/* Filters are a thread's: the caller has none. */
static void in_thread(int error)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, filtered_thread, &error) != 0 ||
	    pthread_join(thread, NULL) != 0) {
		ok(false, "no thread");
		return;
	}
	ok(filtered, "a thread has a filter of its own");
	is(plain, 3, "where a plain child is created by clone(2)");
	is(needs_clone3, -error, "and what needs clone3 is refused");
	is(child(CLONE3_CLEAR_SIGHAND), 3, "this thread still has clone3");
}

int main(void)
{
	struct state before;

	if (!(support_here().flags & CLONE3_CLEAR_SIGHAND)) {
		skip("filter_is_not_remembered", "needs Linux 5.5 and no filter");
		return done();
	}
	state_take(&before);
	is(child(CLONE3_CLEAR_SIGHAND), 3, "clone3 works");
	in_thread(ENOSYS);
	in_thread(EPERM);
	ok(filter_clone3(EPERM), "now for this thread, too");
	is(child(0), 3, "a plain child is created by clone(2)");
	is(child(CLONE3_CLEAR_SIGHAND), -EPERM, "what needs clone3 is refused");
	ok(filter_clone3(ENOSYS), "then with another errno");
	is(child(0), 3, "a plain child is created by clone(2)");
	is(child(CLONE3_CLEAR_SIGHAND), -ENOSYS, "what needs clone3 is refused");
	nothing_left(&before, "after the children");
	return done();
}
