#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What has the kernel's name has the kernel's value, as far as the headers here know it.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# pair OURS SYSTEM...: prints a check that is compiled if the system's macro exists.
pair() {
	printf '#ifdef %s\n_Static_assert(%s == (%s & 0xffffffffffffffffULL), "%s");\n#endif\n' \
		"$2" "$1" "$2" "$1"
}
{
	for system in linux/sched.h linux/pidfd.h linux/wait.h linux/fcntl.h; do
		printf '#if __has_include(<%s>)\n#include <%s>\n#endif\n' $system $system
	done
	echo '#include <clone3.h>'
	constants | while read -r name; do
		case $name in
		CLONE3_WAIT_*) pair "$name" "W${name#CLONE3_WAIT_}" ;;
		CLONE3_OPEN_THREAD) pair "$name" O_EXCL ;;
		CLONE3_OPEN_*) pair "$name" "O_${name#CLONE3_OPEN_}" ;;
		CLONE3_SIGNAL_PGROUP) pair "$name" PIDFD_SIGNAL_PROCESS_GROUP ;;
		CLONE3_SIGNAL_GROUP) pair "$name" PIDFD_SIGNAL_THREAD_GROUP ;;
		CLONE3_SIGNAL_*) pair "$name" "PIDFD_$(echo "$name" | cut -d_ -f2-)" ;;
		CLONE3_INFO_*) pair "$name" "PIDFD_$(echo "$name" | cut -d_ -f2-)" ;;
		*) pair "$name" "CLONE_${name#CLONE3_}" ;;
		esac
	done
} >"$scratch/constants.c"

ok 'constants have the values that the system headers give them' \
	compile -fsyntax-only -Iinclude "$scratch/constants.c"
compile -E -P -Iinclude "$scratch/constants.c" | grep -c '^_Static_assert(.*"CLONE3_' >"$scratch/n"
ok "at least 30 were compared (here $(cat "$scratch/n"))" test "$(cat "$scratch/n")" -ge 30
finish
