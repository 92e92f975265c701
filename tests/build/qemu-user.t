#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The C tests pass in an emulator of user space, which has no clone3 and makes a fork of a vfork.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

target=aarch64-linux-gnu
export TEST_EMULATOR=/usr/bin/qemu-aarch64-static
list=tests/build/qemu-skips
if ! command -v $target-gcc >/dev/null; then
	skip qemu-user "no $target-gcc"
elif ! [ -x $TEST_EMULATOR ]; then
	skip qemu-user "no $TEST_EMULATOR"
else
	apart "tests/build/qemu-user.t"
	ok 'qemu-user: builds' build_in $target CC=$target-gcc &&
		ok 'qemu-user: C tests' run_under $target $list . $TEST_EMULATOR &&
		ok 'qemu-user: what it cannot run' fail_under $target $list $TEST_EMULATOR
fi
finish
