#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# libFuzzer finds nothing wrong: with the seeds, and for FUZZ_SECONDS (10) with what it makes of them.
# With a time given it begins where it ended, from build/fuzz/corpus.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# fuzz NAME: in the background; "$scratch/NAME.pid" tells who.
fuzz() {
	corpus=$scratch/$1
	[ -z "${FUZZ_SECONDS+set}" ] || corpus=build/fuzz/corpus/$1
	mkdir -p "$corpus"
	# Told functions' names, it starts a program; and the plans' target looks for children.
	"build/fuzz/tests/fuzz/$1" -print_funcs=0 -timeout=60 -artifact_prefix="build/fuzz/$1-" \
		-max_total_time="${FUZZ_SECONDS:-10}" "$corpus" "tests/fuzz/seeds/$1" \
		>"$scratch/$1.log" 2>&1 &
	echo $! >"$scratch/$1.pid"
}

# ended NAME: well, after all seeds; or with 99, since it has no sandbox.
ended() {
	wait "$(cat "$scratch/$1.pid")"
	status=$?
	# The names of inputs that are of no use without the rest.
	grep -vE '^#[0-9]|^INFO|^"' "$scratch/$1.log"
	[ "$status" -eq 0 ] || [ "$status" -eq 99 ]
}

if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
	clang-14 -fsanitize=fuzzer,address -x c - -o "$scratch/none" 2>/dev/null; then
	skip fuzz 'no clang-14 with libFuzzer'
elif ok 'fuzz: builds' make -s -j2 BUILD=build/fuzz WERROR=1 CC=clang-14 fuzzers CFLAGS='-O1 -g \
	-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all'; then
	for target in tests/fuzz/*.c; do
		fuzz "$(basename "$target" .c)"
	done
	for target in tests/fuzz/*.c; do
		name=$(basename "$target" .c)
		if ! ok "fuzz: $name" ended "$name"; then
			echo "# What build/fuzz/$name-* breaks becomes one of tests/fuzz/seeds/$name."
		elif [ "$status" -eq 99 ]; then
			skip "fuzz/$name" 'no namespaces to be had'
		else
			sed -n 's/^Done /# &/p' "$scratch/$name.log"
		fi
	done
fi
finish
