#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The bench: it compiles without a warning, its own tests pass, a run of a second measures every way to
# start a program that the machine can do, and the sandbox is measured with pre_exec and without.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

cargo="--manifest-path tests/bench/Cargo.toml"
# One build for all that is run, and as it measures nothing here, one that is made fast.
export CARGO_PROFILE_BENCH_OPT_LEVEL=0

# shellcheck disable=SC2086 # options
unit_tests() {
	RUSTFLAGS='-D warnings' cargo test -q --profile bench $cargo --lib
}

measures() {
	grep -qF "\"subject\": \"$1\"" build/bench-smoke/bench/bench.json
}

# shellcheck disable=SC2086 # options
ok "it is formatted" cargo fmt $cargo --check
ok "statistics and refusal" unit_tests
if ok "a short run" env RUSTFLAGS='-D warnings' make -s BUILD=build/bench-smoke bench-smoke; then
	for subject in "vfork + execve + waitpid" clone3_spawn libclone3-sys libclone3::Command \
		"libclone3::Command, envs" "libclone3, tokio" posix_spawn std::process::Command \
		tokio::process "fork + execve + waitpid" "std, pre_exec (fork)" \
		"command-fds (fork)" "nix fork + execve" "clone3 crate (fork)"; do
		ok "$subject is measured" measures "$subject"
	done
fi
sandbox() {
	PROFILE=dev RUNS=3 ROUNDS=1 MIB=16 tests/bench/confine.sh >"$scratch/rows" || return
	grep -E '^\| .*limits, seccomp \| 16 MiB \| [0-9]+ \| [0-9]+ \|' "$scratch/rows"
}
ok "the sandbox" sandbox
finish
