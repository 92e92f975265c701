#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# tests/kernels/guest.sh KERNEL [PROGRAM]...: runs those programs, or all that KERNEL is to run, in a
# guest of that kernel; prints their TAP.
set -eu
cd "$(dirname "$0")/../.."
name=$(basename "$1")
shift
log=build/kernels/$name.log

case $name in
*-x86_64)
	prefix=
	build=build
	machine='-M pc'
	console=ttyS0
	;;
*-aarch64)
	prefix=aarch64-linux-gnu-
	build=build/aarch64-linux-gnu
	machine='-M virt -cpu cortex-a57'
	console=ttyAMA0
	;;
*-riscv64)
	prefix=riscv64-linux-gnu-
	build=build/riscv64-linux-gnu
	machine='-M virt'
	console=ttyS0
	;;
esac
arch=${name##*-}

# for_kernel FILE: the lines "KERNELS test: reason" for this one, where KERNELS is a regular expression.
for_kernel() {
	awk -v kernel="$name" 'kernel ~ "^(" $1 ")$" { sub(/^[^ ]+ /, ""); print }' "$1"
}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root" # it will be the root of all users
mkdir -p "$root/tests" "$root/usr/bin" "$root/dev"
cp "build/kernels/$name.busybox" "$root/usr/bin/busybox"
"${prefix}gcc" -std=c11 -Wall -Wextra -O2 -static -s tests/kernels/init.c -o "$root/init"
cat tests/allowed-skips >"$root/tests/.skips"
for_kernel tests/kernels/skips >>"$root/tests/.skips"
for_kernel tests/kernels/left-out |
	grep -v "${KERNELS_WHOLE+: slow}${KERNELS_WHOLE-^$}" >"$root/left-out" || true
if [ $# -eq 0 ]; then
	pattern=$(awk -v name="$name" '$1 == name { print $6 }' tests/kernels/kernels)
	for program in tests/c/*.c; do
		program=$(basename "$program" .c)
		! echo "$program" | grep -qE "$pattern" || grep -q "^$program:" "$root/left-out" ||
			set -- "$@" "$program"
	done
fi
for program; do
	"${prefix}strip" -o "$root/tests/$program" "$build/tests/c/$program"
done
(cd "$root" && find . | cpio --quiet -o -H newc -R 0:0) >"$root.cpio"
rm -rf "$root"
trap 'rm -f "$root.cpio"' EXIT

# TOMOYO, which Debian's 5.10 has by default, lets nobody execute a descriptor without a path.
# shellcheck disable=SC2086 # words
timeout -k 5 600 "qemu-system-$arch" $machine -smp 1 -m 1024 -no-reboot -nodefaults -display none \
	-serial stdio -kernel "build/kernels/$name" -initrd "$root.cpio" \
	-append "console=$console quiet panic=-1 lsm=landlock,lockdown,yama,apparmor ${CI+CI=$CI} ALLOWED_SKIPS=/tests/.skips ${KERNELS_WHOLE-TEST_IS_SLOW=1}" \
	</dev/null 2>&1 | tr -d '\r' | tee "$log"
grep -q '^1\.\.' "$log" || {
	echo '# The guest did not come to its end:'
	tail -n 20 "$log" | sed 's/^/# /'
	exit 1
}
