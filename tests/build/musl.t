#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Library and tests build with musl, which has no kernel headers here, and the tests pass.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/musl-skips

if command -v musl-gcc >/dev/null; then
	ok 'musl: builds' build_in musl CC=musl-gcc &&
		ok 'musl: C tests' run_in musl
else
	skip musl 'no musl-gcc'
fi
finish
