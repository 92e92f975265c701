/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Before 6.13 the pid alone is known, from /proc; to want more is -ENOSYS. */
#include "child.h"
#include "old_kernel.h"

/* What an old kernel's caller got, by question. */
struct shared {
	int pidfd, zombie, reaped, pipe, error;
	int filtered;
	struct {
		int answer;
		struct clone3_pidfd_info info;
	} pid, more, exit, nothing, of_zombie, of_reaped, of_pipe, by_many_groups;
};

static int ask(int pidfd, uint64_t mask, struct clone3_pidfd_info *info)
{
	memset(info, 0xa5, sizeof(*info));
	info->size = sizeof(*info);
	info->mask = mask;
	return clone3_pidfd_get_info(pidfd, info);
}

static bool have_many_groups(void)
{
	static gid_t groups[3000];
	const size_t count = sizeof(groups) / sizeof(groups[0]);

	for (size_t i = 0; i < count; i++)
		groups[i] = 100000 + (gid_t)i;
	return syscall(SYS_setgroups, count, groups) == 0;
}

static int ask_all(void *argument)
{
	struct shared *shared = argument;

	shared->filtered = refuse_if(SYS_ioctl, 1, IOCTL_INFO_MASK, IOCTL_INFO, shared->error);
	shared->pid.answer = ask(shared->pidfd, CLONE3_INFO_PID, &shared->pid.info);
	shared->more.answer = ask(shared->pidfd, CLONE3_INFO_PID | CLONE3_INFO_CREDS,
				  &shared->more.info);
	shared->exit.answer = ask(shared->pidfd, CLONE3_INFO_EXIT, &shared->exit.info);
	shared->nothing.answer = ask(shared->pidfd, 0, &shared->nothing.info);
	shared->of_zombie.answer = ask(shared->zombie, CLONE3_INFO_PID, &shared->of_zombie.info);
	shared->of_reaped.answer = ask(shared->reaped, CLONE3_INFO_PID, &shared->of_reaped.info);
	shared->of_pipe.answer = ask(shared->pipe, CLONE3_INFO_PID, &shared->of_pipe.info);
	if (have_many_groups()) /* they stand before the line that tells whose /proc it is */
		shared->by_many_groups.answer = ask(shared->pidfd, CLONE3_INFO_PID,
						    &shared->by_many_groups.info);
	return 0;
}

static bool is_empty(const struct clone3_pidfd_info *info)
{
	struct clone3_pidfd_info empty = { .size = sizeof(empty) };

	return memcmp(info, &empty, sizeof(empty)) == 0;
}

int main(void)
{
	static const int errors[] = { ENOTTY, EINVAL }; /* before 6.11; 6.11 and 6.12 */
	struct state before;
	int pipe_ends[2];

	alarm(60);
	pipe2(pipe_ends, O_CLOEXEC);
	state_take(&before);

	struct shared *shared = shared_memory(sizeof(*shared));
	struct child alive = child_start(child_pauses, NULL);
	struct child zombie = child_start(child_returns, NULL);
	struct child reaped = child_start(child_returns, NULL);

	child_await_end(&zombie);
	child_reap(&reaped);
	for (size_t i = 0; i < 2; i++) {
		shared->pidfd = alive.pidfd;
		shared->zombie = zombie.pidfd;
		shared->reaped = reaped.pidfd;
		shared->pipe = pipe_ends[0];
		shared->error = errors[i];

		struct child asker = child_start(ask_all, shared);

		is(child_reap(&asker), 0, "the asking child ended well");
		close(asker.pidfd);
		if (!shared->filtered) {
			skip("info_old_kernel", "no seccomp here");
			break;
		}
		is(shared->pid.answer, 0, "pid alone");
		is(shared->pid.info.mask, CLONE3_INFO_PID, "is filled");
		ok(shared->pid.info.pid == (uint32_t)alive.pid &&
			   shared->pid.info.tgid == (uint32_t)alive.pid,
		   "pid and tgid");
		is(shared->pid.info.ruid, 0, "nothing else is");
		is(shared->more.answer, -ENOSYS, "credentials too");
		ok(is_empty(&shared->more.info), "nothing is filled");
		is(shared->exit.answer, -ENOSYS, "the end");
		ok(is_empty(&shared->exit.info), "nothing is filled");
		is(shared->nothing.answer, 0, "nothing");
		is(shared->nothing.info.mask & ~CLONE3_INFO_PID, 0, "at most the pid is filled");
		is(shared->of_zombie.answer, 0, "a zombie's pid");
		is(shared->of_zombie.info.pid, zombie.pid, "is known");
		is(shared->of_reaped.answer, -ESRCH, "a reaped process's pid");
		ok(is_empty(&shared->of_reaped.info), "is not");
		is(shared->of_pipe.answer, -EBADF, "a pipe");
		if (shared->by_many_groups.info.size)
			ok(shared->by_many_groups.answer == 0 &&
				   shared->by_many_groups.info.pid == (uint32_t)alive.pid,
			   "pid alone, by a caller with many groups");
		else
			skip("info_old_kernel/groups", "needs CAP_SETGID");
	}
	child_end(&alive);
	child_end(&zombie);
	close(reaped.pidfd);
	munmap(shared, sizeof(*shared));
	nothing_left(&before, "an old kernel");
	return done();
}
