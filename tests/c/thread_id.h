/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The libc's idea of its thread's id in a child: shown by raise() and by who owns a mutex. */
#ifndef THREAD_ID_H
#define THREAD_ID_H

#include "task.h"

#include <pthread.h>

#ifndef PR_GET_TID_ADDRESS
#define PR_GET_TID_ADDRESS 40
#endif

struct thread_id_seen {
	pthread_mutex_t shared;
	int tid;
	int signals_here;      /* handled in the child */
	int signals_elsewhere; /* handled in any other process */
	int foreign_unlock;    /* what unlocking the parent's mutex says */
	int lock;
	int lock_again;
	int owner;
	int *address;   /* where the kernel keeps the id */
	int grandchild; /* exit status of a child's child that finds its own id there */
};

static struct thread_id_seen *thread_id_seen;
static volatile pid_t thread_id_child;

static void thread_id_on_signal(int signo)
{
	(void)signo;
	if (raw_getpid() == thread_id_child)
		thread_id_seen->signals_here++;
	else
		thread_id_seen->signals_elsewhere++;
}

/* Where the kernel keeps the address of the calling thread's id, or NULL. */
static inline int *thread_id_address(void)
{
	int *address = NULL;

	return prctl(PR_GET_TID_ADDRESS, &address, 0, 0, 0) == 0 ? address : NULL;
}

/* glibc keeps the id where the kernel can tell it; musl has another word there. */
static inline bool thread_id_can_be_repaired(void)
{
	int *address = thread_id_address();

	return address && *address == raw_gettid();
}

static inline void thread_id_in_child(pthread_mutex_t *parents)
{
	thread_id_child = raw_getpid();
	thread_id_seen->tid = raw_gettid();
	thread_id_seen->address = thread_id_address();
	raise(SIGUSR1);
	thread_id_seen->foreign_unlock = pthread_mutex_unlock(parents);
	thread_id_seen->lock = pthread_mutex_lock(&thread_id_seen->shared);
	thread_id_seen->lock_again = pthread_mutex_lock(&thread_id_seen->shared);
#ifdef __GLIBC__
	thread_id_seen->owner = thread_id_seen->shared.__data.__owner;
#else
	thread_id_seen->owner = thread_id_seen->tid;
#endif
}

/* What was repaired once can be repaired again. */
static inline void thread_id_in_grandchild(void)
{
	struct clone3_args args = args_with(0);
	int pid = clone3_fork(&args, sizeof(args));

	if (pid == 0) {
		int *address = thread_id_address();

		_exit(address && *address == raw_gettid() ? 6 : 7);
	}
	thread_id_seen->grandchild = reap_code(pid);
}

static int thread_id_call(void *parents)
{
	thread_id_in_child(parents);
	thread_id_in_grandchild();
	return 9;
}

/* From the calling thread, by clone3_fork or by clone3_call without shared memory. */
static inline void thread_id_check(bool call, const char *who)
{
	struct clone3_args args = args_with(0);
	struct sigaction action = { .sa_handler = thread_id_on_signal }, old;
	pthread_mutex_t parents;
	pthread_mutexattr_t attributes;
	int pid;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&parents, &attributes);
	pthread_mutex_lock(&parents);
	thread_id_seen = shared_memory(sizeof(*thread_id_seen));
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&thread_id_seen->shared, &attributes);
	sigaction(SIGUSR1, &action, &old);

	if (call)
		pid = clone3_call(&args, sizeof(args), thread_id_call, &parents);
	else
		pid = clone3_fork(&args, sizeof(args));
	if (pid == 0) {
		thread_id_in_child(&parents);
		thread_id_in_grandchild();
		_exit(9);
	}
	ok(reap_code(pid) == 9, "%s: the child ended", who);
	ok(thread_id_seen->tid == pid, "%s: it was its own first thread", who);
	ok(thread_id_seen->signals_here == 1, "%s: raise() reached the child", who);
	ok(thread_id_seen->signals_elsewhere == 0, "%s: and nobody else", who);
	ok(thread_id_seen->foreign_unlock == EPERM, "%s: the parent's mutex is not its", who);
	ok(thread_id_seen->lock == 0, "%s: it locked a mutex", who);
	ok(thread_id_seen->lock_again == EDEADLK, "%s: which it knows to be its own", who);
	ok(thread_id_seen->owner == pid, "%s: and the owner is the child's id", who);
	ok(thread_id_seen->address == thread_id_address(), "%s: the kernel has the address", who);
	ok(thread_id_seen->grandchild == 6, "%s: its own child is right, too", who);
	ok(pthread_mutex_unlock(&parents) == 0, "%s: the parent's mutex is still the parent's",
	   who);
	sigaction(SIGUSR1, &old, NULL);
	munmap(thread_id_seen, sizeof(*thread_id_seen));
}

static void *thread_id_thread(void *unused)
{
	(void)unused;
	thread_id_check(false, "fork, second thread");
	thread_id_check(true, "call, second thread");
	return NULL;
}

/* All four ways; @name is the test's, for a skip. */
static inline void thread_id_check_all(const char *name)
{
	pthread_t thread;

	if (!thread_id_can_be_repaired()) {
		skip(name, "this libc or kernel does not tell where the thread's id is kept");
		return;
	}
	thread_id_check(false, "fork, main thread");
	thread_id_check(true, "call, main thread");
	if (pthread_create(&thread, NULL, thread_id_thread, NULL) == 0)
		pthread_join(thread, NULL);
	else
		ok(false, "no thread");
}

#endif
