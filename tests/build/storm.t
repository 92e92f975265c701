#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Everything at once, for STORM_SECONDS (8): the program tells.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

if ! make -s -j2 WERROR=1 build/tests/storm/storm >"$scratch/output" 2>&1; then
	sed 's/^/# /' "$scratch/output"
	echo 'Bail out! It does not build.'
	exit 1
fi
build/tests/storm/storm "${STORM_SECONDS:-8}"
