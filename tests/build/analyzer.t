#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# gcc finds nothing to warn of in the library by following its paths.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

ok 'gcc -fanalyzer' make -j2 BUILD=build/analyzer WERROR=1 CC=gcc CFLAGS='-O2 -fanalyzer'
finish
