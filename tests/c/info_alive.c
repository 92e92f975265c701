/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_pidfd_get_info of a running process: pids and credentials are those of /proc. */
#include "child.h"
#include "proc.h"
#include "raw_info.h"

static int take_ids(void *argument)
{
	int *ready = argument;

	/* Eight different numbers, where that is allowed. */
	syscall(SYS_setresgid, 1001, 1002, 1003);
	syscall(SYS_setfsgid, 1001);
	syscall(SYS_setresuid, 2001, 0, 2003);
	syscall(SYS_setfsuid, 2004);
	announce(ready);
	return child_pauses(NULL);
}

/* The four numbers of a line of /proc/PID/status: real, effective, saved, file system. */
static bool ids_of(pid_t pid, const char *key, unsigned int ids[4])
{
	char path[64], line[256];
	size_t length = strlen(key);
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);

	FILE *file = fopen(path, "re");

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, key, length) == 0 &&
			sscanf(line + length, "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) ==
				4;
	if (file)
		fclose(file);
	return found;
}

int main(void)
{
	struct clone3_pidfd_info info;
	struct raw_info raw;
	struct state before;
	unsigned int uids[4] = { 0 }, gids[4] = { 0 };

	state_take(&before);
	alarm(60);

	int *ready = shared_memory(sizeof(*ready));
	struct child child = child_start(take_ids, ready);

	await(ready);
	memset(&info, 0xa5, sizeof(info));
	info.size = sizeof(info);
	info.mask = CLONE3_INFO_PID | CLONE3_INFO_CREDS;

	int answer = clone3_pidfd_get_info(child.pidfd, &info);

	if (raw_info(child.pidfd, CLONE3_INFO_PID, &raw) != 0) {
		is(answer, -ENOSYS, "before 6.13");
		child_end(&child);
		skip("info_alive", "the kernel is older than 6.13");
		return done();
	}
	is(answer, 0, "get_info");
	is(info.size, sizeof(info), "the size is as it was");
	is(info.mask & 3, CLONE3_INFO_PID | CLONE3_INFO_CREDS, "both are filled");
	is(info.pid, child.pid, "pid");
	is(info.tgid, child.pid, "tgid");
	is(info.ppid, getpid(), "ppid");
	ok(ids_of(child.pid, "Uid:", uids) && ids_of(child.pid, "Gid:", gids), "/proc tells ids");
	ok(info.ruid == uids[0] && info.euid == uids[1] && info.suid == uids[2] &&
		   info.fsuid == uids[3],
	   "uids %u %u %u %u", info.ruid, info.euid, info.suid, info.fsuid);
	ok(info.rgid == gids[0] && info.egid == gids[1] && info.sgid == gids[2] &&
		   info.fsgid == gids[3],
	   "gids %u %u %u %u", info.rgid, info.egid, info.sgid, info.fsgid);
	if (geteuid() == 0)
		ok(info.ruid == 2001 && info.suid == 2003 && info.fsuid == 2004 &&
			   info.rgid == 1001 && info.egid == 1002 && info.sgid == 1003,
		   "these are the ids that the child took");
	ok(info.wait_status == 0 && info.coredump_mask == 0 && info.coredump_signal == 0 &&
		   info.coredump_code == 0 && info.reserved == 0 && info.supported == 0,
	   "what was not asked for is 0");
	is(info.mask & CLONE3_INFO_EXIT, 0, "it has not ended");

	/* What nobody knows is not refused, as the kernel does it. */
	info.mask = CLONE3_INFO_PID | 1ULL << 40;
	is(clone3_pidfd_get_info(child.pidfd, &info), 0, "an unknown bit is wanted");
	is(info.mask & 1ULL << 40, 0, "and is not filled");
	is(info.pid, child.pid, "all else is");
	info.mask = 0;
	is(clone3_pidfd_get_info(child.pidfd, &info), 0, "nothing is wanted");
	is(info.mask & ~(CLONE3_INFO_PID | CLONE3_INFO_CREDS | CLONE3_INFO_CGROUPID), 0,
	   "only what the kernel always tells is filled");
	child_end(&child);
	munmap(ready, sizeof(*ready));
	nothing_left(&before, "get_info");
	return done();
}
