#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Describes the ABI of the header as $CC sees it, a line for each thing that callers are compiled with:
#	struct NAME SIZE ALIGNMENT, and its members: OFFSET SIZE DECLARATION
#	constant NAME VALUE
#	function PROTOTYPE
# The compiler's output tells, as that of the kernel's asm-offsets.c does: nothing has to be run.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

compile -E -P -Iinclude include/clone3.h >"$scratch/header"
{
	cat <<'C'
#include <clone3.h>
#define SAY(begin, a, b, end) \
	__asm__ volatile("\n.ascii \"@" begin "%c0 %c1" end "\"" : : "i"(a), "i"(b));
void describe(void)
{
C
	awk '
	/^struct clone3_[a-z0-9_]+ {/ {
		type = "struct " $2
		printf "SAY(\"%s \", sizeof(%s), _Alignof(%s), \"\")\n", type, type, type
		next
	}
	/^}/ { type = "" }
	type {
		gsub(/^[ \t]+|;$/, "")
		member = $0
		sub(/.*[ *]/, "", member)
		printf "SAY(\"  \", offsetof(%s, %s), sizeof(((%s *)0)->%s), \" %s\")\n",
			type, member, type, member, $0
	}' "$scratch/header"
	echo '}'
} >"$scratch/describe.c"
compile -S -O0 -Iinclude "$scratch/describe.c" -o "$scratch/describe.s" || exit
sed -nE 's/^[ \t]*\.ascii[ \t]+"@(.*)"$/\1/p' "$scratch/describe.s"

{
	echo '#include <clone3.h>'
	constants | grep -v '^CLONE3_VERSION_' | sed 's/.*/"&" &/'
} | compile -E -P -Iinclude -xc - | sed -nE 's/^"(CLONE3_.*)" (.*)/constant \1 \2/p'

tr -s '\n\t ' ' ' <"$scratch/header" | tr ';' '\n' |
	sed -nE 's/^ ?__attribute__\(\(visibility\("default"\)\)\) (.*clone3_.*)/function \1/p' |
	sed -E '/.{101}/s/, ([^,]*)$/,\n  \1/'
