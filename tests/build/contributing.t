#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# "Add a step" in CONTRIBUTING.md is followed for one: it names the files that this takes, all of them
# and no others, and the step works.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

patch=$PWD/tests/contributing/step.patch
tree=$scratch/tree
in_tree() {
	(cd "$tree" && "$@")
}
apply() {
	copy_sources "$tree" && in_tree patch -s -p1 <"$patch"
}

# A folder that is named stands for one file in it.
# shellcheck disable=SC2016 # no command
sed -n '/^## Add a step/,/^## /p' CONTRIBUTING.md | grep -oE '`[A-Za-z0-9_/.-]+[./][A-Za-z0-9_/.-]*`' |
	tr -d '`' | grep -vE 'contributing|^[a-z_]+\(' | sed 's/NAME/coredump_filter/' >"$scratch/named"
sed -n 's|^+++ b/||p' "$patch" | sed 's|\(rust-safe/src/command/steps/\).*|\1|' >"$scratch/touched"
same 'the files are those that a step takes' "$scratch/named" "$scratch/touched"

ok 'a step is added' apply || finish
set --
for test in step_coredump_filter spawn_check_fields spawn_check_names spawn_check_plan \
	spawn_check_sizes spawn_faults abi_old_callers probe_flags probe_size; do
	set -- "$@" "build/tests/c/$test"
done
# Not beside the crates as they are: Cargo takes two packages for one whose workspaces have them in the
# same place.
export CARGO_TARGET_DIR="$PWD/build/contributing"
ok 'C: builds' in_tree make -s -j2 WERROR=1 CFLAGS=-O1 build/libclone3.a "$@" &&
	ok 'C: it works, and the tests of all steps know it' in_tree prove -Q "$@"
ok 'C: the ABI that is written down has it' in_tree tests/abi/description.t
ok 'the bindings have it' in_tree tests/abi/bindings.t
ok 'Rust: it works' in_tree cargo test -q --offline -p libclone3 --test command_steps
ok 'Rust: the example runs' in_tree cargo test -q --offline -p libclone3 --doc coredump_filter
if command -v mandoc >/dev/null; then
	ok 'the man pages have it' in_tree tests/build/man.t
else
	skip contributing 'no mandoc'
fi
finish
