#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What the sandbox of rust-safe/examples costs with pre_exec and with libclone3: the time of a run, as
# the median of ROUNDS (5) medians taken in turn, from a caller with little memory and with MIB (1024).
# Prints the table of rust-safe/docs/migration.md, without the rows that cannot be had: a change of the
# user and a cgroup need root.
set -eu
cd "$(dirname "$0")/../.."
rounds=${ROUNDS:-5}
mib=${MIB:-1024}
profile=${PROFILE:-release}

cargo build -q --profile "$profile" -p libclone3 --example confine --example confine_pre_exec
programs=target/$profile/examples
[ "$profile" != dev ] || programs=target/debug/examples
make -s "BUILD=$PWD/build" "$PWD/build/tests/bench/exit"
scratch=$(mktemp -d)
cgroup=
# shellcheck disable=SC2329 # called by the trap
clean_up() {
	rm -rf "$scratch"
	[ -z "$cgroup" ] || rmdir "$cgroup"
}
trap clean_up EXIT
chmod 755 "$scratch"
cp build/tests/bench/exit "$scratch/exit" # where another user can reach it

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# compare NAME RUNS [OPTION]...: a row for each size of caller.
compare() {
	name=$1
	runs=$2
	shift 2
	for size in 1 "$mib"; do
		rm -f "$scratch/confine" "$scratch/confine_pre_exec"
		for _ in $(seq "$rounds"); do
			for program in confine_pre_exec confine; do
				"$programs/$program" "$@" --measure "$runs,$size" -- \
					"$scratch/exit" >>"$scratch/$program"
			done
		done
		before=$(median "$scratch/confine_pre_exec")
		after=$(median "$scratch/confine")
		awk -v name="$name" -v size="$size" -v before="$before" -v after="$after" 'BEGIN {
			printf "| %s | %s MiB | %s | %s | %.1f |\n", name, size, before, after,
				before / after }'
	done
}

echo "| sandbox | caller | \`pre_exec\`, us | libclone3, us | ratio |"
echo '|---|---|---:|---:|---:|'
limits='--nofile 64 --nproc 4096 --cpu 60 --fsize 1000000'
user=
ids=
[ "$(id -u)" != 0 ] || {
	user='user, '
	ids='--uid 65534 --gid 65534'
}
# shellcheck disable=SC2086 # options
compare "${user}limits, seccomp" "${RUNS:-50}" $limits $ids
namespaces='--unshare user,pid,mount,uts --hostname box'
# shellcheck disable=SC2086 # options
if "$programs/confine" $namespaces -- "$scratch/exit" 2>/dev/null; then
	compare 'limits, seccomp, namespaces' "${RUNS:-50}" $limits $namespaces
fi
root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
if [ -n "$root" ] && mkdir "$root/confine-$$" 2>/dev/null; then
	cgroup=$root/confine-$$
	# shellcheck disable=SC2086 # options
	compare "${user}limits, seccomp, cgroup" "${RUNS:-20}" $limits $ids --cgroup "$cgroup"
fi
