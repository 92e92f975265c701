#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What is installed can be compiled and linked against by all that looks for it, is the same wherever it
# was built, and goes away.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

prefix=$scratch/usr
docs=$prefix/share/doc/libclone3
make_in() {
	make -s -j2 BUILD=build/install PREFIX=/usr DESTDIR="$scratch" "$@"
}
files() {
	(cd "$1" && find . ! -type d | sort)
}

# Each way builds tests/install/ in the folder $1, as spawn-c and spawn-cpp.
pkg_config() {
	mkdir -p "$1" || return
	# shellcheck disable=SC2046 # a list
	set -- "$1" $(pkg-config --cflags --libs libclone3)
	program=$1/spawn
	shift
	compile tests/install/spawn.c "$@" -o "$program-c" &&
		"${CXX:-c++}" tests/install/spawn.cpp "$@" -o "$program-cpp"
}
cmake_pkg_config() {
	cmake -S tests/install -B "$1" && cmake --build "$1"
}
meson_ninja() {
	meson setup "$1" tests/install && ninja -C "$1"
}

# is_linked KIND PROGRAM: its functions are in it, or in the shared library.
is_linked() {
	linked=static
	! readelf -d "$2" | grep -F 'NEEDED' | grep -F '[libclone3.so.0]' || linked=shared
	[ "$linked" = "$1" ]
}
# works KIND PROGRAM: is linked so and starts one; prints the version, which is pkg-config's.
works() {
	is_linked "$1" "$2" &&
		[ "$(LD_LIBRARY_PATH=$prefix/lib "$2")" = "$(pkg-config --modversion libclone3)" ]
}
# rust KIND: the bindings' tests with the installed library.
rust() {
	target=build/system/$1
	rm -f "$target"/debug/deps/smoke-*
	LD_LIBRARY_PATH=$prefix/lib CARGO_TARGET_DIR=$target \
		cargo test -q --offline -p libclone3-sys --features system &&
		is_linked "$1" "$(find "$target/debug/deps" -name 'smoke-*' -perm -100)"
}
consume() {
	for way in pkg_config cmake_pkg_config meson_ninja; do
		tool=$(echo $way | tr _ - | sed 's/^cmake.*/cmake/; s/-ninja//')
		if ! command -v "$tool" >/dev/null; then
			skip "$way" "no $tool"
			continue
		fi
		ok "$1: builds by $way" $way "$scratch/$1/$way"
		for language in c cpp; do
			ok "$1, $way: works from $language" works "$1" "$scratch/$1/$way/spawn-$language"
		done
	done
	ok "$1: libclone3-sys links it" rust "$1"
}

ok 'make install' make_in install
export PKG_CONFIG_LIBDIR="$prefix/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$scratch"
consume static
ok 'make install-shared' make_in install-shared
consume shared
# shellcheck disable=SC2046 # a list
ok 'beside it, the archive can be asked for' compile -static tests/install/spawn.c \
	$(pkg-config --static --cflags --libs libclone3) -o "$scratch/static-c" &&
	ok 'and works' works static "$scratch/static-c"

# shellcheck disable=SC2046 # a list
{
	printf './%s\n' include/clone3.h lib/libclone3.a lib/libclone3.so lib/libclone3.so.0 \
		lib/pkgconfig/libclone3.pc share/doc/libclone3/LICENSE-APACHE \
		share/doc/libclone3/LICENSE-MIT
	printf './share/doc/libclone3/examples/%s\n' $(ls c/examples)
	printf './share/man/man3/%s.3\n' $(functions)
	echo ./share/man/man7/libclone3.7
} | sort >"$scratch/want"
files "$prefix" >"$scratch/got"
ok 'all that is installed' diff "$scratch/want" "$scratch/got"
find "$prefix" -xtype l >"$scratch/broken"
ok 'every link has a target' cmp "$scratch/broken" /dev/null

# A copy, entered by a link.
copy_sources "$scratch/elsewhere"
ln -s elsewhere "$scratch/link"
install_elsewhere() {
	(cd "$scratch/link" && make -s -j2 BUILD=out PREFIX=/usr DESTDIR="$scratch/again" \
		install install-shared)
}
ok 'make install elsewhere' install_elsewhere
ok 'gives the same files' diff -r "$scratch/usr" "$scratch/again/usr"

touch "$docs/of-others"
ok 'make uninstall' make_in uninstall
ok 'no file is left but of others' test "$(files "$prefix")" = ./share/doc/libclone3/of-others
rm "$docs/of-others"
ok 'make uninstall again' make_in uninstall
ok 'no folder is left of ours' test ! -e "$docs"

# Without a staging folder, with another libdir and the library that is not the linker's first choice.
opt=$scratch/opt
make_opt() {
	make -s -j2 BUILD=build/install PREFIX="$opt" LIBDIR="$opt/lib/multiarch" \
		INCLUDEDIR="$opt/include/clone3" "$@"
}
unset PKG_CONFIG_SYSROOT_DIR
export PKG_CONFIG_LIBDIR="$opt/lib/multiarch/pkgconfig" LIBCLONE3_STATIC=1
ok 'make install with directories of its own' make_opt install install-shared
ok 'pkg-config knows them' test "$(pkg-config --cflags --libs libclone3)" = \
	"-I$opt/include/clone3 -L$opt/lib/multiarch -lclone3 "
ok 'libclone3-sys links the archive if asked to' rust static
ok 'make uninstall from them' make_opt uninstall
ok 'no file is left there' test -z "$(files "$opt")"
finish
