#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The C tests are clean under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer, those
# with threads under ThreadSanitizer.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

# not_in LIST NAME...: the names that LIST ("name: reason") does not have.
not_in() {
	list=$1
	shift
	for name in "$@"; do
		grep -q "^$name:" "$list" || echo "$name"
	done
}

# Without leak detection: what LeakSanitizer cannot look at.
leaks_unseen() {
	export ASAN_OPTIONS=detect_leaks=0
	sed -n 's|^\([a-z0-9_]*\): .*|build/sanitize/tests/c/\1|p' tests/build/leak-skips |
		xargs prove --failures --comments
}

cat tests/build/sanitize-skips tests/build/leak-skips >"$scratch/skips"
export ASAN_OPTIONS=detect_leaks=1
ok 'ASan, LSan and UBSan: builds' build_in sanitize TEST_LINK=-pthread \
	CFLAGS='-O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all' &&
	ok 'ASan, LSan and UBSan: C tests' run_in sanitize "$scratch/skips" &&
	ok 'ASan and UBSan: C tests' leaks_unseen

# What has no threads ThreadSanitizer would look at in vain.
# shellcheck disable=SC2046 # names
threaded=$(not_in tests/build/tsan-skips $(grep -l pthread tests/c/*.c | sed 's|.*/||; s|\.c$||') |
	sed 's|^|build/tsan/tests/c/|')
# shellcheck disable=SC2086 # names
ok 'TSan: builds' make -s -j2 BUILD=build/tsan WERROR=1 TEST_LINK=-pthread \
	CFLAGS='-O1 -g1 -fsanitize=thread' $threaded &&
	ok 'TSan: C tests with threads' prove -j2 --failures --comments $threaded
finish
