/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sandboxes in which clone3 is refused, and in which nothing can be created at all. */
#ifndef FILTER_H
#define FILTER_H

#include "old_kernel.h"
#include "task.h"

/* Every clone3 of this thread answers @error, and there is no other way in but clone(2). */
static inline bool filter_clone3(int error)
{
#ifdef SYS_fork
	if (!refuse(SYS_fork, EDOM) || !refuse(SYS_vfork, EDOM))
		return false;
#endif
	return refuse(SYS_clone3, error);
}

/* Nothing can create a process: clone3 and clone each answer with an errno of their own. */
static inline bool filter_every_clone(int clone3_error, int clone_error)
{
	return refuse(SYS_clone, clone_error) && filter_clone3(clone3_error);
}

#endif
