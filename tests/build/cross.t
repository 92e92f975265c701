#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Libraries, examples and tests build for the other architectures, and the libraries are right there.
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
	ok "$target: make shared" make -s BUILD=build/$target WERROR=1 CC=$target-gcc shared &&
		ok "$target: the shared library is right" \
			env CC=$target-gcc LIB=build/$target/libclone3.so.0 tests/abi/shared.t
done
finish
