#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What only a nightly toolchain has: the Rust tests are clean under AddressSanitizer and
# LeakSanitizer, and under Miri where they call no C.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# The C sources are not instrumented: sanitize.t knows which of them may be. Left out are tests that
# run the compiler, those of the examples, and those that count: the sanitizer opens and maps, too.
tests='layout smoke spawn cgroup child clone_args command_errors command_namespaces
	command_std command_steps flags namespaces pidfd types'
asan() {
	names=
	for name in $tests; do
		names="$names --test $name"
	done
	# shellcheck disable=SC2086 # words
	RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=build/rust-asan cargo +nightly test -q \
		--target "$(rustc -vV | sed -n 's/^host: //p')" --workspace --lib $names
}

miri() {
	MIRIFLAGS=-Zmiri-disable-isolation CARGO_TARGET_DIR=build/miri cargo +nightly miri test -q \
		-p libclone3 --lib --test flags --test types
}

if cargo +nightly --version >/dev/null 2>&1; then
	ok 'ASan and LSan: Rust tests' asan
else
	skip rust-asan 'no nightly toolchain'
fi
if cargo +nightly miri setup >/dev/null 2>&1; then
	ok 'Miri: Rust tests without C' miri
else
	skip miri 'no Miri'
fi
finish
