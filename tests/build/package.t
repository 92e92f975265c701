#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The crates are complete: each package builds from its own files, without a network.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

export CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=build/package

ok 'cargo package builds both from a clean extraction' cargo package --workspace --allow-dirty
ok 'documentation builds without a warning' \
	env RUSTDOCFLAGS='-D warnings' cargo doc -q --workspace --no-deps
ok 'and with every feature of the safe crate' \
	env RUSTDOCFLAGS='-D warnings' cargo doc -q -p libclone3 --all-features --no-deps
ok 'documentation builds where docs.rs builds it' \
	env DOCS_RS=1 cargo doc -q --no-deps -p libclone3-sys

ok 'cargo builds the library' cargo build -q -p libclone3-sys
lib=$(find build/package/debug/build -name libclone3.a -printf '%T@ %p\n' |
	sort -n | tail -n 1 | cut -d ' ' -f 2)
ok 'its archive is right too' env LIB="$lib" tests/abi/archive.t
finish
