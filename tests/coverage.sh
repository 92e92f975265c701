#!/bin/sh
# SPDX-License-Identifier: MIT OR Apache-2.0
# Which lines of the library the tests run, in C and in Rust: a table, and a test that of c/ at least 95 %
# are run, and of those that are not each is in tests/uncovered.
cd "$(dirname "$0")/.." || exit
. tests/tap.sh
apart tests/coverage.sh

# The child of a spawn shares its caller's counters as it shares all memory. Forked children of the
# tests store theirs at their end, if they may: what others are not tested for is here no failure.
build=build/coverage
measure_c() {
	find "$build" -name '*.gcda' -exec rm {} + 2>/dev/null
	set --
	for program in tests/c/*.c; do
		set -- "$@" "$build/${program%.c}"
	done
	make -s -j2 BUILD="$build" CFLAGS='-O0 -g' LIB_CFLAGS=--coverage \
		TEST_LINK='-static -pthread -lgcov -Wl,-u,__gcov_dump' "$@" || return
	find "$build/c" -type d -exec chmod a+rwx {} + # for children that are not root any more, too
	(umask 0 && exec prove -j2 "$@") >"$scratch/c-tests" 2>&1 </dev/null
	# Where children share no memory the caller's side is another.
	if command -v valgrind >/dev/null; then
		TEST_EMULATOR=/usr/bin/env valgrind -q "$build/tests/c/spawn_everywhere"
	fi >"$scratch/valgrind" 2>&1 </dev/null
	grep -q '^Result: ' "$scratch/c-tests"
}

# Lines "FILE LINE COUNT FUNCTION: TEXT" of each source, and of each header as all its includers run it.
lines_of_c() {
	find "$build/c" -name '*.gcda' -exec gcov -t {} + 2>"$scratch/gcov" | awk '
	{
		at = index($0, ":")
		count = substr($0, 1, at - 1)
		rest = substr($0, at + 1)
		at = index(rest, ":")
		line = substr(rest, 1, at - 1) + 0
		text = substr(rest, at + 1)
		gsub(/ /, "", count)
	}
	line == 0 && text ~ /^Source:/ {
		file = substr(text, 8)
		while (sub(/[^\/]+\/\.\.\//, "", file))
			;
	}
	text ~ /^[a-z].*\(/ { # the function that begins here
		name = text
		sub(/\(.*/, "", name)
		sub(/.*[ *]/, "", name)
	}
	line > 0 && file ~ /^c\// && count != "-" {
		key = file "\t" line
		sub(/^[ \t]+/, "", text)
		texts[key] = name ": " text
		counts[key] += count + 0
	}
	END {
		for (key in counts)
			print key "\t" counts[key] "\t" texts[key]
	}' | sort -t "$(printf '\t')" -k1,1 -k2,2n
}

# The rest of a list that comments divide: what is said of lines is for the reader.
listed() {
	grep -v -e '^#' -e '^$' tests/uncovered
}

# Of LLVM the tools that rustc's own version of it needs: rustup's llvm-tools, or a package.
llvm_tool() {
	version=$(rustc -vV | sed -nE 's/^LLVM version: ([0-9]+).*/\1/p')
	find "$(rustc --print sysroot)/lib/rustlib" -name "$1" | grep . ||
		command -v "$1-$version"
}

# In lcov's format.
measure_rust() {
	target=$PWD/build/coverage-rust
	rm -rf "$target/profile"
	(
		export RUSTFLAGS='-C instrument-coverage' CARGO_TARGET_DIR="$target"
		export LLVM_PROFILE_FILE="$target/profile/%p-%4m.profraw"
		cargo test -q --offline -p libclone3 --all-features --lib --tests || exit
		cargo test -q --offline -p libclone3 --all-features --lib --tests --no-run \
			--message-format=json | sed -nE 's/.*"executable":"([^"]+)".*/-object=\1/p' \
			>"$scratch/objects"
	) || return
	find "$target/profile" -name '*.profraw' >"$scratch/profiles"
	"$profdata" merge -sparse -f "$scratch/profiles" -o "$scratch/profile" &&
		"$(llvm_tool llvm-cov)" export --format=lcov --instr-profile="$scratch/profile" \
			@"$scratch/objects" >"$scratch/lcov"
}

lines_of_rust() {
	awk -v here="$PWD/" '
	/^SF:/ { file = substr($0, 4); sub(here, "", file) }
	/^DA:/ && file ~ /^rust-safe\/src/ { split(substr($0, 4), a, ","); print file "\t" a[1] "\t" a[2] }
	' "$scratch/lcov"
}

# A row for each file and, above those of a part, one for all of it.
table() {
	awk -F '\t' '
	{
		part = $1
		sub(/\/.*/, "/", part)
		lines[$1]++
		lines[part]++
		run[$1] += $3 > 0
		run[part] += $3 > 0
	}
	END {
		for (name in lines)
			printf "# %-36s %5d of %5d lines %6.1f %%\n", name, run[name], lines[name],
				100 * run[name] / lines[name]
	}' "$@" | sort
}

enough() {
	awk -F '\t' '{ n += $3 > 0 } END { print n, "of", NR; exit !(NR > 1000 && n >= 0.95 * NR) }' "$1"
}

ok 'the C tests run' measure_c || finish
lines_of_c >"$scratch/c"
: >"$scratch/rust"
if profdata=$(llvm_tool llvm-profdata); then
	ok 'the Rust tests run' measure_rust && lines_of_rust >"$scratch/rust"
else
	skip 'coverage of Rust' 'no llvm-profdata of the LLVM of rustc'
fi
table "$scratch/c" "$scratch/rust"

ok 'of c/ 95 % of the lines are run' enough "$scratch/c"
awk -F '\t' '$3 == 0 { print $1 ": " $4 }' "$scratch/c" | sort -u >"$scratch/not-run"
awk -F '\t' '{ print $1 ": " $4 }' "$scratch/c" | sort -u >"$scratch/all"
listed | sort -u >"$scratch/listed"
comm -23 "$scratch/not-run" "$scratch/listed" >"$scratch/unlisted"
ok 'those that are not are listed, with the reason' diff /dev/null "$scratch/unlisted"
comm -13 "$scratch/all" "$scratch/listed" >"$scratch/gone"
ok 'what is listed is there' diff /dev/null "$scratch/gone"
comm -12 "$scratch/listed" "$scratch/all" | comm -23 - "$scratch/not-run" |
	sed 's/^/# listed, and run this time: /'
finish
