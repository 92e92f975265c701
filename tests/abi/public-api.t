#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The safe crate's interface is the one of tests/abi/public-api.txt, so that a change is a decision.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# Others print it otherwise: cargo install --locked cargo-public-api@0.52.0
tool=0.52
if cargo +nightly public-api --version 2>/dev/null | grep -qF " $tool."; then
	tests/abi/public-api.sh >"$scratch/api" 2>"$scratch/log" || sed 's/^/# /' "$scratch/log"
	ok 'the public interface is as recorded (make public-api)' \
		diff tests/abi/public-api.txt "$scratch/api"
else
	skip public-api "no cargo-public-api $tool, or no nightly toolchain"
fi
finish
