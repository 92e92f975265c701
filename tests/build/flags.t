#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Optimised as a whole, across the raw system calls and the functions that return twice, and hardened
# as distributions harden: the library works.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
export ALLOWED_SKIPS=tests/build/dynamic-skips

# Tests may ignore a result that _FORTIFY_SOURCE marks: they assert on the effect.
harden='-fPIE -fstack-protector-all -fstack-clash-protection -fcf-protection=full'
harden="$harden -D_FORTIFY_SOURCE=3 -Wno-unused-result"

# Each is compiled together with the whole library.
programs=$(every_kind flags)
# shellcheck disable=SC2086 # names
ok 'LTO, hardened: builds' make -s -j2 BUILD=build/flags WERROR=1 CC=gcc AR=gcc-ar \
	CFLAGS="-O3 -flto $harden" TEST_CFLAGS= TEST_LINK='-pie -pthread -Wl,-z,relro,-z,now' $programs &&
	ok 'LTO, hardened: C tests' prove -j2 --failures --comments $programs
finish
