#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# What the archive ($LIB, made by $CC) defines, what it needs, and how its objects are marked.
cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
lib=${LIB:-build/libclone3.a}
readelf=$(compile -print-prog-name=readelf)

# Lines "VISIBILITY SECTION NAME" of all global symbols.
"$readelf" -sW "$lib" | awk '$5 == "GLOBAL" || $5 == "WEAK" { print $6, $7, $8 }' \
	>"$scratch/symbols"

functions >"$scratch/header"
awk '$1 == "DEFAULT" && $2 != "UND" { print $3 }' "$scratch/symbols" >"$scratch/public"
ok 'the header declares functions' test -s "$scratch/header"
same 'exports what the header declares, and nothing else' "$scratch/header" "$scratch/public"

awk '$1 != "DEFAULT" && $2 != "UND" && $3 !~ /^c3_/ { print $3 }' "$scratch/symbols" \
	>"$scratch/hidden"
ok 'names of internal symbols begin with c3_' cmp "$scratch/hidden" /dev/null

# From the libc: environ, memory functions that a compiler makes up, what hardening adds; and the
# compiler's own library, which is always linked.
awk '$2 != "UND" { print $3 }' "$scratch/symbols" | sort -u >"$scratch/defined"
awk '$2 == "UND" { print $3 }' "$scratch/symbols" | sort -u >"$scratch/undefined"
comm -13 "$scratch/defined" "$scratch/undefined" | grep -vxE \
	-e 'getauxval|_*environ|mem(cpy|set|move|cmp)' \
	-e '__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__[a-z]+[dt]i[23]' \
	-e '__aarch64_(cas|swp|ldadd)[0-9]_[a-z_]+' >"$scratch/foreign"
ok 'needs next to nothing of the libc' cmp "$scratch/foreign" /dev/null

"$readelf" -SW "$lib" | awk '
	/^File:/ { if (file && !marked) print file; file = $2; marked = 0 }
	/ \.note\.GNU-stack / { marked = !/ AX? | WX? | X / }
	END { if (file && !marked) print file }' >"$scratch/executable"
ok 'every object asks for a stack that is not executable' cmp "$scratch/executable" /dev/null

case $(compile -dumpmachine) in
x86_64*) marks='IBT, SHSTK' ;;
aarch64*) marks='BTI, PAC' ;;
*) marks= ;;
esac
if [ -n "$marks" ]; then
	"$readelf" -nW "$lib" | awk '/^File:/ { file = $2 } file ~ /start\.o/' >"$scratch/notes"
	ok "start.o is marked fit for $marks" grep -q "feature: $marks" "$scratch/notes"
fi
finish
