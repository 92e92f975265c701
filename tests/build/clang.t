#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# clang builds everything without a warning, and the C tests pass.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

if command -v clang-14 >/dev/null; then
	ok 'clang: builds' build_in clang CC=clang-14 &&
		ok 'clang: C tests' run_in clang
else
	skip clang 'no clang-14'
fi
finish
