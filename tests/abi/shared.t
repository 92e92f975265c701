#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What the shared library ($LIB, made by $CC) exports, what it needs, and how it is loaded.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
lib=${LIB:-build/libclone3.so.0}
readelf=$(compile -print-prog-name=readelf)

# has OPTION PATTERN, lacks OPTION PATTERN: what readelf prints of the library.
has() {
	"$readelf" -W "$1" "$lib" | grep -E "$2"
}
lacks() {
	! has "$@"
}

functions | sed 's/$/@@LIBCLONE3_0/' >"$scratch/functions"
"$readelf" -W --dyn-syms "$lib" | awk '$5 != "LOCAL" && $7 ~ /^[0-9]+$/ { print $8 }' \
	>"$scratch/exported"
same 'exports what the header declares, and nothing else' "$scratch/functions" "$scratch/exported"
ok 'its name is libclone3.so.0' has -d 'SONAME.*\[libclone3\.so\.0\]'
has -d NEEDED | grep -v '\[libc\.so' >"$scratch/needed"
ok 'needs the libc alone' cmp "$scratch/needed" /dev/null
ok 'is bound at once' has -d BIND_NOW
ok 'its text is not relocated' lacks -d TEXTREL
ok 'no memory of it is writable and executable' lacks -l ' RWE '
ok 'asks for a stack that is not executable' has -l 'GNU_STACK .* RW '
ok 'has no thread-local storage' lacks -l ' TLS '
finish
