#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Programs are started and waited for under valgrind, which has no clone3 and no P_PIDFD, and which
# finds no error.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# /proc/self/exe is valgrind itself: the program is run by a program that can be found.
export TEST_EMULATOR=/usr/bin/env
list=tests/build/valgrind-skips
pattern='^(spawn_(everywhere|environment|check_fields|check_names|check_plan|check_sizes)|fds_|wait_|step_(cgroup|credentials|death_signal|filesystem|priorities|scheduler|session|signals|umask)$)'
valgrind='valgrind -q --error-exitcode=99'
# shellcheck disable=SC2012 # names without blanks
programs=$({
	ls tests/c/*.c | sed 's|.*/||; s|\.c$||' | grep -E "$pattern"
	sed -nE 's/^([a-z0-9_]+): .*/\1/p' $list
} | sort -u | sed 's|^|build/valgrind/tests/c/|')
if ! command -v valgrind >/dev/null; then
	skip valgrind 'no valgrind'
else
	apart "tests/build/valgrind.t"
	# Not static: valgrind would not know the libc's own tricks.
	# shellcheck disable=SC2086 # words
	ok 'valgrind: builds' make -s -j2 BUILD=build/valgrind WERROR=1 \
		TEST_LINK=-pthread $programs &&
		ok 'valgrind: C tests' run_under valgrind $list "$pattern" $valgrind &&
		ok 'valgrind: what it cannot run' fail_under valgrind $list $valgrind
fi
finish
