#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# tests/kernels/guest.sh KERNEL [PROGRAM]...: runs those programs, or all that KERNEL is to run, in a
# guest of that kernel; prints their TAP. The programs are built and the kernel is fetched before, as
# tests/build/kernels.t does.
set -eu
umask 022 # other users in the guest are to read what is copied
cd "$(dirname "$0")/../.."
name=$1
shift

arch=${name##*-}
case $arch in
x86_64) machine='-M pc' console=ttyS0 ;;
aarch64) machine='-M virt -cpu cortex-a57' console=ttyAMA0 ;;
riscv64) machine='-M virt' console=ttyS0 ;;
esac
if [ "$arch" = "$(uname -m)" ]; then
	prefix=
	build=build
else
	prefix=$arch-linux-gnu-
	build=build/$arch-linux-gnu
fi

# for_kernel FILE: the lines "KERNELS test: reason" for this one, where KERNELS is a regular expression.
for_kernel() {
	awk -v kernel="$name" 'kernel ~ "^(" $1 ")$" { sub(/^[^ ]+ /, ""); print }' "$1"
}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root" # it will be the root of all users
mkdir -p "$root/tests" "$root/usr/bin" "$root/dev"
cp "build/kernels/$name.busybox" "$root/usr/bin/busybox"
if [ "$arch" = "$(uname -m)" ]; then
	# The crate's tests expect more of some than a busybox gives.
	for tool in sh readlink nice uname; do
		tool=$(command -v $tool)
		cp -L "$tool" "$root/usr/bin"
		ldd "$tool" | grep -o '/[^ ]*' | while read -r library; do
			mkdir -p "$root/usr/$(dirname "${library#/usr}")"
			cp -L "$library" "$root/usr/${library#/usr}"
		done
	done
fi
"${prefix}gcc" -std=c11 -Wall -Wextra -O2 -static -s tests/kernels/init.c -o "$root/init"
cat tests/allowed-skips >"$root/tests/.skips"
for_kernel tests/kernels/skips >>"$root/tests/.skips"
for_kernel tests/kernels/left-out >"$root/left-out"
pattern=$(awk -v name="$name" '$1 == name { print $6 }' tests/kernels/kernels)
is_slow=TEST_IS_SLOW=yes
if [ -n "${KERNELS_WHOLE+set}" ]; then
	sed -i '/: slow/d' "$root/left-out"
	pattern=.
	is_slow=
fi
if [ $# -eq 0 ]; then
	for program in tests/c/*.c "build/kernels/rust-$arch/"*; do
		[ -e "$program" ] || continue
		program=$(basename "$program" .c)
		! echo "$program" | grep -qE "$pattern" ||
			grep -q "^$program:" "$root/left-out" || set -- "$@" "$program"
	done
fi
echo "# $# programs"
for program; do
	file=$build/tests/c/$program
	[ -e "$file" ] || file=build/kernels/rust-$arch/$program
	"${prefix}strip" -o "$root/tests/$program" "$file"
done
(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$root.cpio"
rm -rf "$root"
trap 'rm -f "$root.cpio" "$root.console"' EXIT

# TOMOYO, which Debian's 5.10 has by default, lets nobody execute a descriptor without a path.
parameters="console=$console quiet panic=-1 lsm=landlock,lockdown,yama,apparmor"
# What the kernel does not know becomes the init's environment.
parameters="$parameters ${CI+CI=$CI} ALLOWED_SKIPS=/tests/.skips $is_slow"
# shellcheck disable=SC2086 # words
timeout -k 5 1800 "qemu-system-$arch" $machine -smp 1 -m 1024 -no-reboot -nodefaults -display none \
	-serial stdio -kernel "build/kernels/$name" -initrd "$root.cpio" \
	-append "$parameters" </dev/null 2>&1 | tr -d '\r' | tee "$root.console"
grep -q '^1\.\.' "$root.console" || {
	echo '# The guest did not come to its end:'
	tail -n 20 "$root.console" | sed 's/^/# /'
	exit 1
}
