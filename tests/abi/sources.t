#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# c/sources, which the Makefile and rust-sys/build.rs read, is sorted and complete.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

ok 'c/sources is sorted' env LC_ALL=C sort -c c/sources
{
	echo arch/start.S
	(cd c && find . -name examples -prune -o -name '*.c' -print) | sed 's|^\./||'
} >"$scratch/found"
same 'c/sources lists every source' "$scratch/found" c/sources
finish
