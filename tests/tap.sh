# shellcheck shell=sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# TAP for the tests that are shell scripts, and what they share. Sourced in the repository's root.
set -u
unset MAKEFLAGS MAKELEVEL MFLAGS # a make above shares no jobs with those that a test starts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tap_count=0
tap_failed=0

# ok NAME COMMAND...: one test, passed if the command succeeds. Shows the end of its output if not.
ok() {
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$scratch/output" 2>&1; then
		echo "ok $tap_count - $tap_name"
	else
		tap_failed=1
		echo "not ok $tap_count - $tap_name"
		tail -n 40 "$scratch/output" | sed 's/^/# /'
		return 1
	fi
}

# same NAME WANT GOT: one test, passed if two files hold the same lines in any order.
same() {
	sort "$2" >"$scratch/want"
	sort "$3" >"$scratch/got"
	ok "$1" diff "$scratch/want" "$scratch/got"
}

# skip NAME REASON: the machine lacks something. The rule on what may be is that of c/tap.h.
skip() {
	if [ -z "${CI+set}" ] || grep -qs "^$1:" "${ALLOWED_SKIPS:-/dev/null}"; then
		tap_count=$((tap_count + 1))
		echo "ok $tap_count - $1 # SKIP $2"
	else
		ok "$1: unexpected skip: $2" false
	fi
}

# The last command of a test.
finish() {
	echo "1..$tap_count"
	exit "$tap_failed"
}

compile() {
	${CC:-cc} "$@"
}

# functions: those that the header declares. constants: those it defines, the flags first.
functions() {
	compile -E -P -Iinclude include/clone3.h | grep -oE 'clone3_[a-z0-9_]+ *\(' | tr -d ' (' |
		sort -u
}
constants() {
	sed -nE 's/^#define (CLONE3_[A-Z0-9_]+) [0-9].*/\1/p' include/clone3.h
}

# copy_sources DIRECTORY: all that is not built, where a test beside this one may be building. Newer
# than what was built of an earlier copy.
copy_sources() {
	mkdir "$1" && tar c --exclude=./build --exclude=target --exclude=./.git . | tar x -m -C "$1"
}

# build_in NAME [VARIABLE=VALUE]...: library, examples and C tests in build/NAME; no warning passes.
build_in() {
	build=build/$1
	shift
	make -s -j2 BUILD="$build" WERROR=1 "$@" programs
}

# every_kind NAME: the C tests in build/NAME that show every kind of child, where all would take long.
every_kind() {
	# shellcheck disable=SC2012 # names without blanks
	(cd tests/c && ls call_*.c fork_*.c nested_*.c spawn_everywhere.c spawn_threads.c \
		step_credentials.c step_id_maps.c step_namespaces.c step_pivot_root.c fds_map.c) |
		sed "s|\(.*\)\.c|build/$1/tests/c/\1|"
}

# run_in NAME [LIST]: the C tests in build/NAME, without those that LIST ("test: reason") leaves out.
run_in() {
	set -- "build/$1" "${2:-/dev/null}"
	for program in tests/c/*.c; do
		program=${program%.c}
		grep -q "^${program##*/}:" "$2" || set -- "$@" "$1/$program"
	done
	shift 2
	prove -j2 --failures --comments "$@"
}

# own_pids: prints the command that runs another in a pid namespace of its own, whose end is the end of
# all that it started. Fails if that cannot be had.
own_pids() {
	for user in '' '--user --map-current-user'; do
		own="unshare $user --pid --fork --mount-proc --kill-child"
		$own true 2>/dev/null && echo "$own" && return
	done
	return 1
}

# apart "$0": begins the test again in a pid namespace of its own, if that can be had. An emulator may
# make a C test kill what it never created, and -1 means every process.
apart() {
	[ -z "${TEST_IS_APART+set}" ] || return 0
	if own=$(own_pids); then
		rmdir "$scratch"
		TEST_IS_APART=yes exec $own setsid "$1"
	fi
	skip "$(basename "$1" .t)" 'no pid namespace to be apart in'
	finish
}

# new_cgroup NAME: makes a cgroup below the test's own and prints its directory. Fails if it may not.
new_cgroup() {
	cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	new_cgroup=$cgroups$(sed -n 's/^0:://p' /proc/self/cgroup)/$1
	[ -n "$cgroups" ] && mkdir "$new_cgroup" 2>/dev/null && echo "$new_cgroup"
}

# run_under BUILD LIST PATTERN COMMAND [ARGUMENT]...: the C tests in build/BUILD whose names match, but
# for those that LIST ("test: reason") names, pass if a command runs them.
run_under() {
	under=$1
	list=$2
	pattern=$3
	shift 3
	unset CI # what the command lacks a test may skip
	command=$*
	set --
	for program in tests/c/*.c; do
		program=$(basename "$program" .c)
		echo "$program" | grep -qE "$pattern" || continue
		grep -q "^$program:" "$list" || set -- "$@" "build/$under/tests/c/$program"
	done
	prove -j2 --failures --comments --exec "$command" "$@"
}

# fail_under BUILD LIST COMMAND [ARGUMENT]...: those that LIST names are there, and fail; but for those
# whose reason is that the test is slow, or hangs: they are not run.
fail_under() {
	under=$1
	list=$2
	shift 2
	sed -nE 's/^([a-z0-9_]+): .*/\1/p' "$list" | while read -r program; do
		[ -e "tests/c/$program.c" ] || echo "$program: there is no such test"
	done >"$scratch/wrong"
	sed -nE '/: (slow|hangs)/!s/^([a-z0-9_]+): .*/\1/p' "$list" | while read -r program; do
		! timeout -k 1 60 "$@" "build/$under/tests/c/$program" >/dev/null 2>&1 </dev/null ||
			echo "$program: passes"
	done >>"$scratch/wrong"
	cat "$scratch/wrong"
	[ ! -s "$scratch/wrong" ]
}
