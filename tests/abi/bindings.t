#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The Rust bindings name every function, struct and constant of the header, and nothing else.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
bindings=rust-sys/src/bindings.rs

functions >"$scratch/functions"
sed -nE 's/^ *pub (unsafe |safe )?fn (clone3_[a-z0-9_]+).*/\2/p' $bindings \
	>"$scratch/bound-functions"
same 'functions' "$scratch/functions" "$scratch/bound-functions"

constants >"$scratch/constants"
sed -nE 's/^ *pub const ([A-Za-z0-9_]+): u64 .*/\1/p' $bindings >"$scratch/bound-constants"
same 'constants, all of type u64' "$scratch/constants" "$scratch/bound-constants"

sed -nE 's/^struct (clone3_[a-z0-9_]+) \{.*/\1/p' include/clone3.h >"$scratch/structs"
sed -nE 's/^ *pub struct ([A-Za-z0-9_]+).*/\1/p' $bindings >"$scratch/bound-structs"
same 'structs' "$scratch/structs" "$scratch/bound-structs"

ok 'no other public item' sh -c "! grep -nE '^ *pub (type|static|mod|enum|union|use) ' $bindings"
finish
