#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The C tests pass whatever optimisation and hardening everything is compiled with.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

# Tests may ignore a result that _FORTIFY_SOURCE marks: they assert on the effect.
harden='-fstack-protector-all -fstack-clash-protection -fcf-protection=full'
harden="$harden -D_FORTIFY_SOURCE=3 -Wno-unused-result"

ok '-O0: builds' build_in O0 CFLAGS='-O0 -g' &&
	ok '-O0: C tests' run_in O0

ok 'LTO: builds' build_in lto CC=gcc AR=gcc-ar CFLAGS='-O3 -flto=auto' &&
	ok 'LTO: C tests' run_in lto

ok 'hardened: builds' build_in hardened CFLAGS="-O2 -g -fPIE $harden" \
	TEST_LINK='-pie -pthread -Wl,-z,relro,-z,now' &&
	ok 'hardened: C tests' run_in hardened
finish
