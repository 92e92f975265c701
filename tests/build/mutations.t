#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Each patch in tests/mutations/ is a deliberate bug: the C test that it names fails with it, and passes
# without. MUTATIONS: a pattern for their names, all if it is not set.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

tree=$scratch/tree
programs=build/tests/c
log=$scratch/log

# build_test TEST: builds it, and all that it needs.
build_test() {
	make -s -C "$tree" WERROR= CFLAGS=-O0 "$programs/$1"
}

# run_test TEST SECONDS: with nothing left running afterwards. A bug may hang it. What the machine lacks
# it may skip: then its mutations are skipped.
run_test() {
	# shellcheck disable=SC2086 # words
	(unset CI && cd "$tree" && $own timeout -k 1 "$2" "$programs/$1") >"$log" 2>&1 </dev/null
}

# passes TEST: tells also when with a bug it takes too long.
passes() {
	build_test "$1" || return
	start=$(date +%s)
	if ! run_test "$1" 60; then
		cat "$log"
		return 1
	fi
	echo $((10 + 5 * ($(date +%s) - start))) >"$scratch/$1.limit"
}

# change PATCH [OPTION]: only where every line is as the patch knows it.
change() {
	patch -d "$tree" -p1 -F0 -s "${2:---forward}" <"$1"
}

# caught PATCH TEST: a race is lost in one of three runs.
caught() {
	change "$1" || return
	limit=$(cat "$scratch/$2.limit")
	build_test "$2" &&
		! { run_test "$2" "$limit" && run_test "$2" "$limit" && run_test "$2" "$limit"; }
	result=$?
	change "$1" --reverse && return "$result"
}

if ! own=$(own_pids); then
	skip mutations 'no pid namespace to be apart in'
	finish
fi
copy_sources "$tree"
for mutation in tests/mutations/${MUTATIONS:-*}.patch; do
	name=$(basename "$mutation" .patch)
	test=$(sed -n 's/^Test: //p' "$mutation")
	if ! [ -e "$scratch/$test" ]; then
		ok "$test passes" passes "$test" || continue
		mv "$log" "$scratch/$test"
	fi
	if grep -q '# SKIP' "$scratch/$test"; then
		skip "$name" "$test is skipped"
	elif ok "$name: $test fails" caught "$mutation" "$test"; then
		sed -n '/^not ok/{s/^/# /p;q}' "$log"
	fi
done
finish
