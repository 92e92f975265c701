#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The ABI is the one of tests/abi/abi.txt: CONTRIBUTING.md tells how it may change.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

tests/abi/describe.sh >"$scratch/abi"
ok 'the ABI is as described (make abi)' diff tests/abi/abi.txt "$scratch/abi"

# A hole would be bytes that no caller sets; and what the description overlooks would be one, too.
awk '
function close_struct() {
	if (name && at != size)
		print name ": " at " of " size " bytes are described"
}
/^struct/ { close_struct(); name = $2; size = $3; at = 0 }
/^  [0-9]/ { if ($1 != at) print name ": a hole before " $NF; at = $1 + $2 }
END { close_struct(); if (!name) print "no struct" }' "$scratch/abi" >"$scratch/holes"
ok 'no struct has a hole' diff /dev/null "$scratch/holes"

grep -c '^function' "$scratch/abi" >"$scratch/described"
functions | wc -l >"$scratch/declared"
ok 'every function is described' diff "$scratch/declared" "$scratch/described"
finish
