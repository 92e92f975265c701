#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Prints the safe crate's public interface, an item a line, without what derives and auto traits add.
# Needs cargo-public-api and a nightly toolchain, whose rustdoc tells it.
set -eu
cd "$(dirname "$0")/../.."
CARGO_TARGET_DIR=build/public-api cargo +nightly public-api -sss --all-features -p libclone3 \
	--color never
