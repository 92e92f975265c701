#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The shared library works as the archive does, and from Python.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

lib=build/shared/libclone3.so.0
in_shared() {
	make -s -j2 BUILD=build/shared WERROR=1 TEST_LIB="$lib" \
		TEST_LINK="-pthread -Wl,-rpath,$PWD/build/shared" "$@"
}

ok 'make shared' in_shared shared || finish
ok 'it is a right one' env LIB=$lib tests/abi/shared.t

if command -v python3 >/dev/null; then
	mkdir -p "$scratch/c/examples" "$scratch/build"
	cp c/examples/spawn.py "$scratch/c/examples"
	cp $lib "$scratch/build"
	ok 'spawn.py finds it in build/' python3 "$scratch/c/examples/spawn.py"
	export LD_LIBRARY_PATH="$PWD/build/shared"
	ok 'spawn.py finds it as the dynamic linker does' python3 c/examples/spawn.py
	sed '/CPU time/s/, .*//' "$scratch/output" >"$scratch/printed"
	cat >"$scratch/want" <<-'TEXT'
		descriptors: 64
		exit status 3
		with another directory: step cwd: No such file or directory
	TEXT
	ok 'and tells how programs end, and the step that fails' \
		diff "$scratch/want" "$scratch/printed"
	ok 'its structs and constants are those of the ABI' python3 tests/abi/ctypes_layout.py
else
	skip shared 'no python3'
fi
unset LD_LIBRARY_PATH

# C tests of every kind of child, but for those of internal functions, and the one whose program starts
# where /tmp is empty: the library may lie there.
# shellcheck disable=SC2046 # a list
set -- $(grep -L 'c3_' tests/c/call_*.c tests/c/fork_*.c tests/c/nested_*.c tests/c/step_*.c |
	sed '/step_join_mounts/d; s|^\(.*\)\.c$|build/shared/\1|')
ok 'C tests are built with it' in_shared "$@" &&
	ok 'and pass' prove -j2 --failures --comments "$@"
finish
