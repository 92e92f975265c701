#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The crates are complete: each package builds from its own files, without a network, and a new project
# can use them.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

export CARGO_NET_OFFLINE=true CARGO_TARGET_DIR=build/package

ok 'cargo package builds both from a clean extraction' cargo package --workspace --allow-dirty
# tests/install/ as a project that knows the crates by name alone, and these in place of crates.io's.
project=$scratch/project
unpack() {
	mkdir "$project" || return
	cp tests/install/Cargo.toml tests/install/spawn.rs "$project" || return
	for crate in libclone3-sys libclone3; do
		mkdir "$scratch/$crate" || return
		tar xzf build/package/package/"$crate-$version.crate" --strip-components 1 \
			-C "$scratch/$crate" || return
	done
}
in_project() {
	(cd "$project" && CARGO_TARGET_DIR=$scratch/target cargo "$@" \
		--config "patch.crates-io.libclone3.path='$scratch/libclone3'" \
		--config "patch.crates-io.libclone3-sys.path='$scratch/libclone3-sys'")
}
runs() {
	[ "$(in_project run -q)" = 'exit status: 3' ]
}
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
ok 'both are unpacked elsewhere' unpack && {
	ok 'a new project runs with them' runs
	in_project tree -e normal,build --prefix none >"$scratch/tree"
	ok 'and builds with no others of these names' test "$(grep -cE \
		"^libclone3(-sys)? v$version \($scratch/libclone3(-sys)?\)" "$scratch/tree")" -eq 2
}
ok 'the project is formatted' cargo fmt --manifest-path tests/install/Cargo.toml --check

ok 'documentation builds without a warning' \
	env RUSTDOCFLAGS='-D warnings' cargo doc -q --workspace --no-deps
ok 'and with every feature of the safe crate' \
	env RUSTDOCFLAGS='-D warnings' cargo doc -q -p libclone3 --all-features --no-deps
ok 'documentation builds where docs.rs builds it' \
	env DOCS_RS=1 cargo doc -q --no-deps -p libclone3-sys

ok 'cargo builds the library' cargo build -q -p libclone3-sys
lib=$(find build/package/debug/build -name libclone3.a -printf '%T@ %p\n' |
	sort -n | tail -n 1 | cut -d ' ' -f 2)
ok 'its archive is right too' env LIB="$lib" tests/abi/archive.t
finish
