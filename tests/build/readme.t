#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The programs in README.md compile as they stand there, and run.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# block LANGUAGE [N]: the first or Nth code block of that language.
block() {
	awk -v open="\`\`\`$1" -v n="${2:-1}" '
		/^```/ { if (on) exit }
		on
		$0 == open && !--n { on = 1 }' README.md
}
ok 'the library builds' make -s -j2 BUILD=build/readme
for n in $(seq "$(grep -c '^```c$' README.md)"); do
	block c "$n" >"$scratch/readme.c"
	ok "C program $n compiles" compile -Wall -Wextra -Werror -Iinclude "$scratch/readme.c" \
		build/readme/libclone3.a -o "$scratch/readme-c"
	ok "C program $n runs" "$scratch/readme-c"
done

export CARGO_TARGET_DIR=build/readme
block rust >"$scratch/readme.rs"
ok 'the Rust crate builds' cargo build -q --offline -p libclone3
ok 'the Rust program compiles' rustc --edition 2024 -L build/readme/debug/deps \
	--extern libclone3=build/readme/debug/liblibclone3.rlib \
	"$scratch/readme.rs" -o "$scratch/readme-rs"
ok 'the Rust program runs' "$scratch/readme-rs"
finish
