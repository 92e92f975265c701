#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The programs in README.md compile as they stand there, and run.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# block LANGUAGE: the first code block of that language.
block() {
	awk -v open="\`\`\`$1" '$0 == open { on = 1; next } /^```/ { if (on) exit } on' README.md
}
block c >"$scratch/readme.c"
ok 'the library builds' make -s -j2 BUILD=build/readme
ok 'the C program compiles' compile -Wall -Wextra -Werror -Iinclude "$scratch/readme.c" \
	build/readme/libclone3.a -o "$scratch/readme-c"
ok 'the C program runs' "$scratch/readme-c"

export CARGO_TARGET_DIR=build/readme
block rust >"$scratch/readme.rs"
ok 'the Rust crate builds' cargo build -q --offline -p libclone3
ok 'the Rust program compiles' rustc --edition 2024 -L build/readme/debug/deps \
	--extern libclone3=build/readme/debug/liblibclone3.rlib \
	"$scratch/readme.rs" -o "$scratch/readme-rs"
ok 'the Rust program runs' "$scratch/readme-rs"
finish
