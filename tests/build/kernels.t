#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The tests pass under the kernels that tests/kernels/kernels lists, each in a guest of an emulator.
# With KERNELS_WHOLE set also those that are slow there.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# The crate's tests that ask the kernel.
crate_tests='cgroup child clone_args command_errors command_namespaces command_steps namespaces pidfd'

# build ARCHITECTURE: the C tests for it.
build() {
	case $1 in
	"$(uname -m)") make -s -j2 programs ;;
	*) build_in "$1-linux-gnu" "CC=$1-linux-gnu-gcc" ;;
	esac
}

# target_of ARCHITECTURE: what rustc calls it, if its standard library is here.
target_of() {
	target=$1-unknown-linux-gnu
	[ "$1" != riscv64 ] || target=riscv64gc-unknown-linux-gnu
	[ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ] && echo "$target"
}

# build_crate ARCHITECTURE TARGET: its tests as static programs.
build_crate() {
	set -- "$2" "build/kernels/rust-$1" \
		"CARGO_TARGET_$(echo "$2" | tr a-z- A-Z_)_LINKER=$1-linux-gnu-gcc"
	mkdir -p "$2"
	rm -f "$2"/*
	# shellcheck disable=SC2046,SC2086 # words
	env RUSTFLAGS='-C target-feature=+crt-static' "$3" cargo test --no-run -p libclone3 --target "$1" \
		$(printf ' --test %s' $crate_tests) >"$scratch/cargo" 2>&1 || {
		cat "$scratch/cargo"
		return 1
	}
	sed -nE 's|.*Executable tests/(.*)\.rs \((.*)\)|\2 rust_\1|p' "$scratch/cargo" |
		while read -r file name; do cp "$file" "$2/$name"; done
	for name in $crate_tests; do
		[ -e "$2/rust_$name" ] || return
	done
}

# passes KERNEL: what its guest told is all well, of as many programs as it was given. The newest has
# what came with 7.1.
passes() {
	given=$(sed -n 's/^# \([0-9]*\) programs$/\1/p' "build/kernels/$1.tap")
	[ "${given:-0}" -gt 50 ] &&
		[ "$(grep -c ': ends well$' "build/kernels/$1.tap")" -eq "$given" ] &&
		case $1 in
		newest-*) grep -q '^ok .* step_auto_reap: KILL_ON_CLOSE: started$' \
			"build/kernels/$1.tap" ;;
		esac && prove -Q "build/kernels/$1.tap" && return
	grep -B 4 -A 3 '^not ok' "build/kernels/$1.tap"
	grep -q '^1\.\.' "build/kernels/$1.tap" || tail -n 20 "build/kernels/$1.tap"
	false
}

grep -v '^#' tests/kernels/kernels >"$scratch/kernels"
# shellcheck disable=SC2016 # the inner shell's
cut -d ' ' -f 1 "$scratch/kernels" |
	xargs -P 4 -I '{}' sh -c 'tests/kernels/fetch.sh {} >"$0/{}.fetch" 2>&1' "$scratch"
: >"$scratch/ready"
while read -r kernel _ _ _ need _; do
	arch=${kernel##*-}
	if ! command -v "qemu-system-$arch" >/dev/null || ! command -v cpio >/dev/null; then
		skip kernels "no qemu-system-$arch or cpio"
	elif [ -e "build/kernels/$kernel" ]; then
		echo "$kernel" >>"$scratch/ready"
	elif [ "$need" = must ]; then
		ok "$kernel: is fetched" awk '{ print } END { exit 1 }' "$scratch/$kernel.fetch"
	else
		sed 's/^/# /' "$scratch/$kernel.fetch"
		skip "$kernel" 'it is not served'
	fi
done <"$scratch/kernels"

sed 's/.*-//' "$scratch/ready" | sort -u >"$scratch/architectures"
while read -r arch; do
	ok "$arch: builds" build "$arch"
	if target=$(target_of "$arch"); then
		ok "$arch: the crate's tests build" build_crate "$arch" "$target"
	else
		skip "rust-$arch" "rustc has no standard library for it"
	fi
done <"$scratch/architectures"

xargs -r -P 2 -I '{}' sh -c 'tests/kernels/guest.sh {} >build/kernels/{}.tap 2>&1' <"$scratch/ready"
while read -r kernel; do
	tap=build/kernels/$kernel.tap
	ok "$kernel: $(grep -c '^ok' "$tap") tests, $(grep -c '# SKIP' "$tap") of them skipped" \
		passes "$kernel"
	grep -A 1 '^1\.\.' "$tap" | grep '^# .* s$'
	sed -n 's/^ok [0-9]* - \(.*# SKIP\)/# \1/p' "$tap"
done <"$scratch/ready"
finish
