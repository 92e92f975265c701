#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The shipped Rust bindings are what bindgen makes of the header.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

generate() {
	cargo run -q --offline -p libclone3-sys --features bindgen --example bindings \
		>"$scratch/bindings.rs"
}
ok 'bindgen runs' generate
ok 'the shipped bindings equal its output' diff rust-sys/src/bindings.rs "$scratch/bindings.rs"
finish
