#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# The man pages are well-formed, name what the header has and nothing else, and their examples run.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

pages=$(grep -l '^\.Sh NAME$' c/man/*.[37])

# No complaint, and no line that a terminal would wrap. The pages of others need not be installed
# here: references are looked at below.
lint() {
	MANPATH=/nonexistent mandoc -Tlint -W style "$1" |
		grep -v 'STYLE: referenced manual not found' >"$scratch/lint"
	mandoc -Tascii "$1" | sed 's/.\x08//g' | grep '.\{81\}' >>"$scratch/lint"
	diff /dev/null "$scratch/lint"
}
ok 'mandoc is installed' command -v mandoc
for page in $pages; do
	ok "$page is well-formed" lint "$page"
done

for section in LIBRARY SYNOPSIS DESCRIPTION 'RETURN VALUES' EXAMPLES ERRORS 'SEE ALSO' HISTORY; do
	# shellcheck disable=SC2086 # a list
	grep -L "^\.Sh $section$" ${pages%c/man/libclone3.7}
done >"$scratch/lacking"
ok 'no page of a function lacks a section' diff /dev/null "$scratch/lacking"

# Lines "NAME PAGE".
# shellcheck disable=SC2086
awk '$1 == ".Nm" && NF > 1 { print $2, FILENAME }' $pages >"$scratch/names"
{
	echo libclone3
	functions
} >"$scratch/functions"
cut -d ' ' -f 1 "$scratch/names" >"$scratch/named"
same 'every function has one page' "$scratch/functions" "$scratch/named"
for page in $pages; do
	name=$(basename "$page")
	grep -qxF "${name%.*} $page" "$scratch/names" || echo "$page"
done >"$scratch/misnamed"
ok 'every page is called by one of its names' diff /dev/null "$scratch/misnamed"

# Lines "NAME SECTION".
sed 's/ .*[.]/ /' "$scratch/names" | sort >"$scratch/ours"
# shellcheck disable=SC2086
awk '$1 == ".Xr" && $2 ~ /^(clone3_|libclone3)/ { print $2, $3 }' $pages | sort -u |
	comm -13 "$scratch/ours" - >"$scratch/broken"
ok 'they refer to pages that exist' diff /dev/null "$scratch/broken"

constants >"$scratch/constants"
# shellcheck disable=SC2086 # titles are in capitals; what ends in _ is followed by a star
grep -hv '^\.Dt ' $pages | grep -oE '\bCLONE3_[A-Z0-9_]+' | grep -v '_$' | sort -u >"$scratch/named"
same 'constants' "$scratch/constants" "$scratch/named"

words() {
	grep -ohE '\bclone3_[a-z0-9_]+' "$@" | sort -u
}
words include/clone3.h >"$scratch/known"
# shellcheck disable=SC2086
words $pages | comm -13 "$scratch/known" - >"$scratch/unknown"
ok 'no other name' diff /dev/null "$scratch/unknown"

# A line for each prototype.
sed -n '/^function /,$p' tests/abi/abi.txt | tr -s '\n ' ' ' | sed 's/function /\n/g' |
	sed -E '/./!d; s/ *$//' >"$scratch/declared"
for page in $pages; do
	mandoc -Tascii "$page" | sed 's/.\x08//g; s/^ *#.*//' |
		sed '1,/^SYNOPSIS/d; /^DESCRIPTION/,$d' | tr -s '\n ' ' ' | tr ';' '\n' |
		sed 's/^ //; s/\* clone3/*clone3/; /clone3_.*)$/!d'
done >"$scratch/shown"
same 'prototypes' "$scratch/declared" "$scratch/shown"

# A line for each struct, without comments.
structs() {
	sed -nE '/^struct clone3_[a-z0-9_]+ \{/,/^\}/ { s|/\*.*\*/||; s/^\t|[ \t]+$//g; p; }' "$@" |
		tr '\n' ' ' | sed 's/}; /&\n/g'
}
structs include/clone3.h >"$scratch/declared"
# shellcheck disable=SC2086
structs $pages >"$scratch/shown"
same 'structs' "$scratch/declared" "$scratch/shown"

sed -n 's/^CLONE3_STEP_//p' "$scratch/constants" | grep -vxE 'CHECK|CLONE|EXEC' >"$scratch/steps"
for page in c/man/libclone3.7 c/man/clone3_spawn.3; do
	awk '/^\.S[sh] / { on = $2 == "Steps" }
		on && /^\.It Dv / { for (i = 3; i <= NF; i += 2) print $i }' $page |
		sed 's/^CLONE3_STEP_//' >"$scratch/listed"
	ok "$page has the steps in their order" diff "$scratch/steps" "$scratch/listed"
done

# Lines "PAGE ERRNO": what the header's comments say of the functions of a page, and its ERRORS.
awk 'NR == FNR { page[$1] = $2; next }
	/^\/\*\*/ { errors = "" }
	/^ \*/ { errors = errors " " $0 }
	/^CLONE3_API/ {
		match($0, /clone3_[a-z0-9_]+\(/)
		name = substr($0, RSTART, RLENGTH - 1)
		while (match(errors, /-E[A-Z0-9]+/)) {
			print page[name], substr(errors, RSTART + 1, RLENGTH - 1)
			errors = substr(errors, RSTART + RLENGTH)
		}
	}' "$scratch/names" include/clone3.h | sort -u >"$scratch/contract"
# shellcheck disable=SC2086
awk '/^\.Sh / { on = $2 == "ERRORS" }
	on { for (i = 1; i < NF; i++) if ($i ~ /^\.?Er$/) print FILENAME, $(i + 1) }' $pages |
	sort -u >"$scratch/errors"
same 'errors' "$scratch/contract" "$scratch/errors"

for page in $pages; do
	awk -v base="$scratch/$(basename "$page")" '
		/^\.Sh / { on = $2 == "EXAMPLES" }
		/^\.Ed/ { file = "" }
		file { print >file }
		on && /^\.Bd -literal/ { file = base "-" ++n ".c" }
		END { exit !n }' "$page" || echo "$page"
done >"$scratch/lacking"
ok 'every page has an example' diff /dev/null "$scratch/lacking"

ok 'the library builds' make -s -j2 BUILD=build/man-test
cgroup=$(new_cgroup man-test)
for source in "$scratch"/*.c; do
	name=$(basename "$source" .c)
	sed -i 's/\\e/\\/g; s/\\-/-/g; s/\\(aq/'\''/g' "$source"
	ok "$name compiles" compile -Wall -Wextra -Werror -Iinclude "$source" \
		build/man-test/libclone3.a -o "$scratch/program"
	if [ -n "$cgroup" ] || ! grep -q 'argv\[1\]' "$source"; then
		ok "$name runs" "$scratch/program" "$cgroup"
	else
		skip "$name runs" 'no cgroup can be made here'
	fi
done
[ -z "$cgroup" ] || rmdir "$cgroup"
finish
