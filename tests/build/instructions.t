#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# A spawn takes no more instructions than tests/bench/instructions.txt says, but for a tenth.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

kept=tests/bench/instructions.txt
counted=$scratch/counted
count() {
	make -s CC=gcc BUILD=build/instructions INSTRUCTIONS="$counted" instructions
}
# allowed NAME: the figures of that line are at most a tenth above what was kept.
allowed() {
	awk -v name="$1" '
		$1 != name { next }
		NR == FNR { caller = $3; child = $5; next }
		{ print; fits = $3 <= caller * 1.1 && $5 <= child * 1.1 }
		END { exit !fits }' "$kept" "$counted"
}
case $(gcc -dumpmachine) in
x86_64*)
	if ok 'spawns are stepped through' count; then
		for name in bare 11_steps failing_exec; do
			ok "$name" allowed $name
		done
	fi
	;;
*) skip instructions 'counted on x86_64' ;;
esac
finish
