#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The library, compiled by clang, does what gcc's does.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

programs=$(every_kind clang)
if command -v clang-14 >/dev/null; then
	# shellcheck disable=SC2086 # names
	ok 'clang: builds' make -s -j2 BUILD=build/clang WERROR=1 CC=clang-14 examples $programs &&
		ok 'clang: C tests' prove -j2 --failures --comments $programs
else
	skip clang 'no clang-14'
fi
finish
