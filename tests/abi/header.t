#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The header is valid in every C and C++ standard, alone, twice and beside any system header.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

ours='#include <clone3.h>'
echo "$ours" >"$scratch/alone.c"
printf '%s\n' "$ours" "$ours" >"$scratch/twice.c"
for system in linux/sched.h sched.h signal.h sys/wait.h linux/pidfd.h linux/types.h unistd.h; do
	echo "#include <$system>" | compile -fsyntax-only -xc - 2>/dev/null || continue
	file=$(echo $system | tr / -)
	printf '#include <%s>\n%s\n' $system "$ours" >"$scratch/after-$file.c"
	printf '%s\n#include <%s>\n' "$ours" $system >"$scratch/before-$file.c"
done

# The constants can be used as they are wherever the language has long long.
{
	echo "$ours"
	echo 'uint64_t all[] = {'
	constants | sed 's/$/,/'
	echo '};'
} >"$scratch/long-long"

strict='-fsyntax-only -Wall -Wextra -Wpedantic -Werror -Iinclude'
# shellcheck disable=SC2086 # a list
for standard in c99 c11 c17 c2x gnu17; do
	ok "valid as $standard" compile -xc -std=$standard -Wstrict-prototypes $strict \
		"$scratch"/*.c "$scratch/long-long"
done
# shellcheck disable=SC2086
for standard in c++98 c++11 c++14 c++17 c++20 c++23 gnu++17; do
	set -- "$scratch"/*.c
	[ $standard = c++98 ] || set -- "$@" "$scratch/long-long"
	ok "valid as $standard" ${CXX:-c++} -xc++ -std=$standard $strict "$@"
done
finish
