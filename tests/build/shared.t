#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The shared library has the archive's functions and works as it does.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

lib=build/shared/libclone3.so.0
readelf=$(compile -print-prog-name=readelf)
in_shared() {
	make -s -j2 BUILD=build/shared WERROR=1 TEST_LIB="$lib" \
		TEST_LINK="-pthread -Wl,-rpath,$PWD/build/shared" "$@"
}
# lacks OPTION PATTERN, has OPTION PATTERN: what readelf prints of the library.
has() {
	"$readelf" -W "$1" $lib | grep -E "$2"
}
lacks() {
	! has "$@"
}

ok 'make shared' in_shared shared || finish
functions | sed 's/$/@@LIBCLONE3_0/' >"$scratch/functions"
"$readelf" -W --dyn-syms $lib | awk '$5 != "LOCAL" && $7 ~ /^[0-9]+$/ { print $8 }' >"$scratch/exported"
same 'exports what the header declares, and nothing else' "$scratch/functions" "$scratch/exported"
ok 'its name is libclone3.so.0' has -d 'SONAME.*\[libclone3\.so\.0\]'
has -d NEEDED | grep -v '\[libc\.' >"$scratch/needed"
ok 'needs the libc alone' cmp "$scratch/needed" /dev/null
ok 'is bound at once' has -d BIND_NOW
ok 'its text is not relocated' lacks -d TEXTREL
ok 'no memory of it is writable and executable, the stack included' lacks -l ' R?WE '
ok 'says so of the stack' has -l 'GNU_STACK .* RW '
ok 'has no thread-local storage' lacks -l ' TLS '

if command -v python3 >/dev/null; then
	export LD_LIBRARY_PATH="$PWD/build/shared" PYTHONDONTWRITEBYTECODE=1
	ok 'spawn.py runs' python3 c/examples/spawn.py
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

# The C tests but for those of internal functions, and the one whose program starts where /tmp is empty:
# the library may lie there.
# shellcheck disable=SC2046 # a list
set -- $(grep -L 'c3_' tests/c/*.c |
	sed '/step_join_mounts/d; s|^\(.*\)\.c$|build/shared/\1|')
ok 'the C tests are built with it' in_shared "$@" &&
	ok 'and pass' prove -j2 --failures --comments "$@"
finish
