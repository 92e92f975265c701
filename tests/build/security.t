#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The tests that SECURITY.md names exist.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# Names in code quotes with an underscore are tests' but for functions and a sysctl.
# shellcheck disable=SC2016 # quotes of Markdown
grep -oE '`[a-z0-9]+_[a-z0-9_]+`' SECURITY.md | tr -d '`' |
	grep -vxE 'ptrace_scope|clone3_.*' | sort -u >"$scratch/named"
ok 'it names tests' test "$(wc -l <"$scratch/named")" -ge 20
while read -r name; do
	[ -e "tests/c/$name.c" ] || echo "$name"
done <"$scratch/named" >"$scratch/missing"
ok 'all of them exist' diff /dev/null "$scratch/missing"
finish
