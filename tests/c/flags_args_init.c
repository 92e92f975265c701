/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* clone3_args_init() makes arguments for a child like fork's: zero, and SIGCHLD at the end. */
#include "task.h"

int main(void)
{
	struct clone3_args args;
	const unsigned char *bytes = (const unsigned char *)&args;
	int nonzero = 0;

	memset(&args, 0xff, sizeof(args));
	clone3_args_init(&args);
	is(args.exit_signal, SIGCHLD, "the exit signal is SIGCHLD");
	args.exit_signal = 0;
	for (size_t i = 0; i < sizeof(args); i++)
		nonzero += bytes[i] != 0;
	is(nonzero, 0, "all else is zero");
	clone3_args_init(NULL);
	ok(true, "NULL does nothing");
	return done();
}
