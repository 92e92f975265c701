#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The C tests are clean under AddressSanitizer and UndefinedBehaviorSanitizer.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

# No leak detection: nothing here allocates on the heap but the tests, and some cannot be traced.
export ASAN_OPTIONS=detect_leaks=0
ok 'ASan and UBSan: builds' build_in sanitize TEST_LINK=-pthread \
	CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' &&
	ok 'ASan and UBSan: C tests' run_in sanitize tests/build/sanitize-skips
finish
