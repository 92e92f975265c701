/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Both kernel layouts of struct pidfd_info, which changed in 7.1, give the same answer. */
#include "child.h"
#include "old_kernel.h"

#include <poll.h>
#include <pthread.h>

/* The parts of <linux/seccomp.h> that let one thread answer another's system call. */
struct notification {
	uint64_t id;
	uint32_t pid, flags;
	int32_t number;
	uint32_t architecture;
	uint64_t instruction, arguments[6];
};

struct notification_answer {
	uint64_t id;
	int64_t value;
	int32_t error;
	uint32_t flags;
};

#define NOTIFICATION_RECEIVE 0xc0502100UL
#define NOTIFICATION_SEND 0xc0182101UL

_Static_assert(sizeof(struct notification) == 80, "struct seccomp_notif");
_Static_assert(sizeof(struct notification_answer) == 24, "struct seccomp_notif_resp");

/* A kernel's struct: how much of it there is, and where what moved stands; 0 = it has none. */
struct layout {
	const char *what;
	size_t size, supported_at, code_at;
	uint64_t knows;
};

struct asker {
	int listener, asked, answer;
	struct clone3_pidfd_info info;
};

/* Ask with every ioctl PIDFD_GET_INFO of this thread put before the main thread. */
static void *ask(void *argument)
{
	static const struct filter_step steps[] = {
		{ FILTER_LOAD, 0, 0, FILTER_NUMBER },      { FILTER_IF_EQUAL, 0, 4, SYS_ioctl },
		{ FILTER_LOAD, 0, 0, FILTER_ARGUMENT(1) }, { FILTER_AND, 0, 0, IOCTL_INFO_MASK },
		{ FILTER_IF_EQUAL, 0, 1, IOCTL_INFO },     { FILTER_ANSWER, 0, 0, FILTER_NOTIFY },
		{ FILTER_ANSWER, 0, 0, FILTER_ALLOW },
	};
	const struct filter_program program = { sizeof(steps) / sizeof(steps[0]), steps };
	struct asker *asker = argument;
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER */
	__atomic_store_n(&asker->listener, (int)syscall(SYS_seccomp, 1, 8, &program),
			 __ATOMIC_SEQ_CST);
	if (asker->listener >= 0)
		asker->answer = clone3_pidfd_get_info(self, &asker->info);
	close(self);
	announce(&asker->asked);
	return NULL;
}

/* Fill the asker's struct as that kernel would: it is this process's memory. */
static int64_t answer_as(const struct layout *layout, uint64_t request, uint64_t address)
{
	unsigned char kernel[96] = { 0 };
	size_t size = (size_t)(request >> 16 & 0x3fff);
	uint64_t mask;
	uint32_t pid = (uint32_t)getpid(), signo = SIGSEGV, code = 0x1234;

	memcpy(&mask, (void *)(uintptr_t)address, sizeof(mask));
	mask = (mask | CLONE3_INFO_PID | CLONE3_INFO_CREDS | CLONE3_INFO_CGROUPID) & layout->knows;
	memcpy(kernel, &mask, sizeof(mask));
	memcpy(kernel + 16, &pid, sizeof(pid));
	memcpy(kernel + 20, &pid, sizeof(pid));
	if (mask & CLONE3_INFO_COREDUMP_SIGNAL)
		memcpy(kernel + 68, &signo, sizeof(signo));
	if (mask & CLONE3_INFO_COREDUMP_CODE)
		memcpy(kernel + layout->code_at, &code, sizeof(code));
	if (mask & CLONE3_INFO_SUPPORTED_MASK)
		memcpy(kernel + layout->supported_at, &layout->knows, sizeof(layout->knows));
	memset((void *)(uintptr_t)address, 0, size);
	memcpy((void *)(uintptr_t)address, kernel, size < layout->size ? size : layout->size);
	return 0;
}

/* False where the kernel cannot hand system calls to another thread. */
static bool get_info_on(const struct layout *layout, uint64_t wanted, struct asker *asker)
{
	pthread_t thread;

	memset(asker, 0, sizeof(*asker));
	asker->info.size = sizeof(asker->info);
	asker->info.mask = wanted;
	pthread_create(&thread, NULL, ask, asker);
	while (!__atomic_load_n(&asker->asked, __ATOMIC_SEQ_CST)) {
		int listener = __atomic_load_n(&asker->listener, __ATOMIC_SEQ_CST);
		struct pollfd ready = { .fd = listener, .events = POLLIN };
		struct notification call;
		struct notification_answer reply;

		/* Once the asker has gone, old kernels would wait for its next call for ever. */
		if (listener <= 0 || poll(&ready, 1, 1) != 1 || !(ready.revents & POLLIN)) {
			usleep(50);
			continue;
		}
		memset(&call, 0, sizeof(call));
		if (syscall(SYS_ioctl, listener, NOTIFICATION_RECEIVE, &call) != 0)
			continue;
		memset(&reply, 0, sizeof(reply));
		reply.id = call.id;
		reply.value = answer_as(layout, call.arguments[1], call.arguments[2]);
		syscall(SYS_ioctl, listener, NOTIFICATION_SEND, &reply);
	}
	pthread_join(thread, NULL);
	if (asker->listener > 0)
		close(asker->listener);
	return asker->listener > 0;
}

int main(void)
{
	static const struct layout layouts[] = {
		{ "6.13", 64, 0, 0, 0x7 },   { "6.15", 64, 0, 0, 0xf },
		{ "6.16", 72, 0, 0, 0x1f },  { "6.19", 80, 72, 0, 0x7f },
		{ "7.1", 88, 80, 72, 0xff },
	};
	const uint64_t all = 0xff, supported = CLONE3_INFO_SUPPORTED_MASK,
		       code = CLONE3_INFO_COREDUMP_CODE, signal = CLONE3_INFO_COREDUMP_SIGNAL;
	const uint64_t questions[] = { all, supported, code, supported | code, code | signal, 0 };
	struct state before;

	alarm(60);
	state_take(&before);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		for (size_t j = 0; j < sizeof(questions) / sizeof(questions[0]); j++) {
			const struct layout *layout = &layouts[i];
			uint64_t wanted = questions[j];
			uint64_t told = (wanted | 0x7) & layout->knows;
			struct asker asker;

			if (!get_info_on(layout, wanted, &asker)) {
				skip("info_layout", "no seccomp notifications here");
				return done();
			}
			ok(asker.answer == 0 && asker.info.mask == told &&
				   asker.info.pid == (uint32_t)getpid() &&
				   asker.info.supported == (told & supported ? layout->knows : 0) &&
				   asker.info.coredump_code == (told & code ? 0x1234U : 0) &&
				   asker.info.coredump_signal == (told & signal ? SIGSEGV : 0U) &&
				   asker.info.reserved == 0,
			   "Linux %s, asked for %#llx: mask %#llx, supported %#llx, code %#x, "
			   "signal "
			   "%u (%d)",
			   layout->what, (unsigned long long)wanted,
			   (unsigned long long)asker.info.mask,
			   (unsigned long long)asker.info.supported, asker.info.coredump_code,
			   asker.info.coredump_signal, asker.answer);
		}
	nothing_left(&before, "layouts of other kernels");
	return done();
}
