#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What is installed can be compiled against, by C and by the Rust bindings, and goes away.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

prefix=$scratch/usr
make_in() {
	make -j2 BUILD=build/install PREFIX=/usr DESTDIR="$scratch" "$@"
}
cat >"$scratch/consumer.c" <<'C'
#include <clone3.h>
#include <stdio.h>

int main(void)
{
	return puts(clone3_version()) < 0;
}
C
consume() {
	# shellcheck disable=SC2046 # a list
	compile "$scratch/consumer.c" $(pkg-config --cflags --libs libclone3) -o "$scratch/consumer"
}

ok 'make install' make_in install
export PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$scratch"
ok 'a C program compiles by pkg-config' consume
ok 'it runs, and the versions agree' \
	test "$("$scratch/consumer")" = "$(pkg-config --modversion libclone3)"
ok 'libclone3-sys links it' env CARGO_TARGET_DIR=build/system \
	cargo test -q --offline -p libclone3-sys --features system
ok 'make uninstall' make_in uninstall
find "$scratch/usr" ! -type d >"$scratch/left"
ok 'no file is left' cmp "$scratch/left" /dev/null
finish
