#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The C tests pass however everything is compiled: with all that a compiler may optimise, between files
# too, and all that hardens. The other extreme, -O0, is what mutations.t runs.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

# Tests may ignore a result that _FORTIFY_SOURCE marks: they assert on the effect.
harden='-fPIE -fstack-protector-all -fstack-clash-protection -fcf-protection=full'
harden="$harden -D_FORTIFY_SOURCE=3 -Wno-unused-result"

ok 'LTO, hardened: builds' build_in flags CC=gcc AR=gcc-ar CFLAGS="-O3 -flto $harden" \
	LIB_CFLAGS= TEST_LINK='-pie -pthread -Wl,-z,relro,-z,now' &&
	ok 'LTO, hardened: C tests' run_in flags
finish
