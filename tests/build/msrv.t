#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The oldest Rust that Cargo.toml promises compiles both crates, their tests and their examples.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

oldest=$(sed -nE 's/^rust-version = "(.*)"/\1.0/p' Cargo.toml)
if cargo "+$oldest" --version >/dev/null 2>&1; then
	ok "Rust $oldest compiles the crates" env CARGO_TARGET_DIR=build/msrv \
		cargo "+$oldest" check -q --offline --workspace --all-targets
	ok "with tokio, too" env CARGO_TARGET_DIR=build/msrv \
		cargo "+$oldest" check -q --offline -p libclone3 --all-targets --features tokio
else
	skip msrv "no Rust $oldest"
fi
finish
