#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Library, examples and tests build for the other architectures, and the archive is right there.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

for target in aarch64-linux-gnu riscv64-linux-gnu; do
	if ! command -v $target-gcc >/dev/null; then
		skip cross "no $target-gcc"
		continue
	fi
	ok "$target: the ABI is the same" env CC=$target-gcc tests/abi/description.t
	ok "$target: builds" build_in $target CC=$target-gcc &&
		ok "$target: the archive is right" \
			env CC=$target-gcc LIB=build/$target/libclone3.a tests/abi/archive.t
done
finish
