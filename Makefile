# SPDX-License-Identifier: MIT OR Apache-2.0
#
# make                      build/libclone3.a
# make shared               build/libclone3.so.0
# make demo                 run an example in C and one in Rust
# make bench                what it costs to start a program, beside other ways: some minutes
# make bench-quick          the same in less than a minute, from fewer callers
# make instructions         counts what a spawn takes in tests/bench/instructions.txt
# make coverage             which lines the tests run, in C and in Rust
# make storm                everything at once, for STORM_SECONDS (180)
# make kernels              the tests under other kernels, also those that are slow in a guest
# make fuzz                 look for inputs that break a promise, for FUZZ_SECONDS each (300)
# make deps test            install what the tests need, then test
# make deps-all check-all   the same for other compilers, architectures, libcs and packages
# make format bindings abi  rewrite what is formatted or generated
# make public-api           the same for the Rust crate's interface, by cargo-public-api
# make install              header, archive, pkg-config file, man pages, examples and licences
# make install-shared       the shared library beside them
# make uninstall            remove what these two install
#
# Variables: CC AR CFLAGS CPPFLAGS LDFLAGS; WERROR=1; BUILD, the output directory; DESTDIR PREFIX
# LIBDIR INCLUDEDIR MANDIR DOCDIR, where to install.
# CFLAGS is for optimisation, debugging and hardening; what the code needs is added to it, and
# LIB_CFLAGS to that of the library alone. Any change of compiler or flags rebuilds everything. The
# architecture is the compiler's target:
#   make CC=aarch64-linux-gnu-gcc BUILD=build/aarch64

BUILD ?= build
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/libclone3
CFLAGS ?= -O2 -g
ifeq ($(origin AR),default)
AR := $(shell $(CC) -print-prog-name=ar)
endif
CARGO ?= cargo
CLANG_FORMAT ?= clang-format-14
# The test programs are many, and so not optimised. How they are linked: static ones also run under
# another kernel with nothing else; and with what.
TEST_CFLAGS ?= -O0
TEST_LINK ?= -static -pthread
TEST_LIB ?= $(lib)

export ALLOWED_SKIPS := $(CURDIR)/tests/allowed-skips

lib := $(BUILD)/libclone3.a
shared := $(BUILD)/libclone3.so.0
objects := $(addprefix $(BUILD)/c/,$(addsuffix .o,$(basename $(shell cat c/sources))))
programs := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/c/*.c))
fuzzers := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
examples := $(patsubst c/%.c,$(BUILD)/%,$(wildcard c/examples/*.c))
version := $(shell awk '/^\#define CLONE3_VERSION_/ { printf "%s%s", s, $$3; s = "." }' \
	include/clone3.h)
c_files := $(shell find include c tests -name target -prune -o \
	\( -name '*.[ch]' -o -name '*.cpp' \) -print)
scripts := .ci/run .ci/deps $(wildcard tests/*.sh tests/*/*.sh tests/*/*.t)

warnings := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
	$(if $(WERROR),-Werror)
compile := $(CC) -std=c11 -Iinclude $(warnings) $(CPPFLAGS)
# The same source gives the same bytes, wherever it lies and by whatever link it is reached.
export PWD := $(CURDIR)
compile_lib := $(compile) -Ic -fPIC -fvisibility=hidden '-fdebug-prefix-map=$(CURDIR)=.' $(CFLAGS) \
	$(LIB_CFLAGS)
compile_program := $(compile) $(CFLAGS) $(LDFLAGS)

# What is installed: source, variable with the directory, and name there.
pages := $(wildcard c/man/*.[37])
installed := \
	include/clone3.h:INCLUDEDIR:clone3.h \
	$(lib):LIBDIR:libclone3.a \
	$(BUILD)/libclone3.pc:LIBDIR:pkgconfig/libclone3.pc \
	$(foreach page,$(pages),$(page):MANDIR:man$(patsubst .%,%,$(suffix $(page)))/$(notdir $(page))) \
	$(foreach file,LICENSE-MIT LICENSE-APACHE $(wildcard c/examples/*.c c/examples/*.py), \
		$(file):DOCDIR:$(patsubst c/%,%,$(file)))
# The further names of the pages of functions, each a link to its page.
page_links := $(shell awk '$$1 == ".Nm" && NF > 1 { \
	page = FILENAME; sub(".*/", "", page); \
	if ($$2 ".3" != page) print page ":MANDIR:man3/" $$2 ".3" }' $(filter %.3,$(pages)) /dev/null)
destination = '$(DESTDIR)$($(word 2,$(subst :, ,$(1))))/$(word 3,$(subst :, ,$(1)))'

packages := g++ libc6-dev perl clang-format-14 shellcheck
packages_all := $(packages) pkg-config musl-tools clang-14 libclang1-14 libclang-rt-14-dev \
	gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-riscv64-linux-gnu libc6-dev-riscv64-cross \
	valgrind qemu-user-static mandoc cmake meson ninja-build python3 \
	qemu-system-x86 qemu-system-arm qemu-system-misc cpio patch

.PHONY: all shared demo bench bench-quick bench-smoke instructions deps deps-all test check-all \
	bindings install install-shared uninstall clean format lint cargo-test programs examples abi \
	coverage fuzzers fuzz storm public-api kernels FORCE
.DELETE_ON_ERROR:

all: $(lib)

shared: $(shared)

# Rewritten, so that everything is rebuilt, only when the compiler or a flag is another.
config := $(shell $(CC) --version | head -n 1) $(shell $(CC) -dumpmachine) $(AR) $(compile_lib) $(LDFLAGS) $(TEST_CFLAGS) $(TEST_LIB) $(TEST_LINK)
$(BUILD)/config: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(config))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(config))' >$@

$(lib): $(objects) c/sources
	rm -f $@
	$(AR) rcsD $@ $(objects)

# Bound at once: a child that shares memory must not run the dynamic linker. A call from one public
# function to another stays in the library.
$(shared): $(objects) c/sources libclone3.map
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(@F) -Wl,--version-script=libclone3.map \
		-Wl,-z,defs,-z,relro,-z,now -Wl,-Bsymbolic $(objects) -o $@

$(BUILD)/c/%.o: c/%.c $(BUILD)/config
	@mkdir -p $(@D)
	$(compile_lib) $(uninstrumented) -MMD -MP -c $< -o $@

# What runs in the child and in the helper thread. They end in the middle of functions, on memory that
# they share and with a thread pointer that is another's: a sanitizer would be misled.
$(addprefix $(BUILD)/c/,$(addsuffix .o,clone/create clone/rules \
	spawn/child spawn/idmap spawn/namespaces spawn/steps)): uninstrumented := -fno-sanitize=all

$(BUILD)/c/%.o: c/%.S $(BUILD)/config
	@mkdir -p $(@D)
	$(compile_lib) -MMD -MP -c $< -o $@

$(programs): $(BUILD)/%: %.c $(TEST_LIB)
	@mkdir -p $(@D)
	$(compile_program) $(TEST_CFLAGS) $(with_tables) -MMD -MP -MF $@.d -MT $@ $< $(TEST_LIB) $(TEST_LINK) -o $@

# Compilers for riscv64 leave it out, and the test walks through its own frames.
$(BUILD)/tests/c/call_unwinding_ends: private with_tables := -fasynchronous-unwind-tables

$(examples): $(BUILD)/%: c/%.c $(lib)
	@mkdir -p $(@D)
	$(compile_program) -MMD -MP -MF $@.d -MT $@ $< $(lib) -pthread -o $@

$(BUILD)/libclone3.pc: libclone3.pc.in FORCE
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|=$(PREFIX)/|=$${prefix}/|; s|@VERSION@|$(version)|' $< >$@

# By clang, whose libFuzzer brings main(); for tests/build/fuzz.t.
$(fuzzers): $(BUILD)/%: %.c $(lib) | $(BUILD)/tests/bench/exit
	@mkdir -p $(@D)
	$(compile_program) -MMD -MP -MF $@.d -MT $@ $< $(lib) -fsanitize=fuzzer -o $@

-include $(objects:.o=.d) $(programs:=.d) $(examples:=.d) $(fuzzers:=.d) \
	$(addprefix $(BUILD)/tests/,bench/container.d bench/instructions.d storm/storm.d)

programs: $(programs) examples

examples: $(examples)

fuzzers: $(fuzzers)

demo: $(BUILD)/examples/demo
	$<
	$(CARGO) run --release -q -p libclone3 --example demo
	$(CARGO) run --release -q -p libclone3 --example run -- --limit nofile=64 --nice 10 \
		--close-others --no-new-privs --timeout 5 -- sh -c 'ulimit -n; nice'

bench_crate := --manifest-path tests/bench/Cargo.toml
bench_output := $(abspath $(BUILD))/bench
run_bench = $(CARGO) bench -q $(bench_crate) -- $(abspath $(BUILD))/tests/bench/exit $(bench_output)

bench: $(BUILD)/tests/bench/exit $(BUILD)/tests/bench/container
	$(run_bench) whole
	$(BUILD)/tests/bench/container

bench-quick bench-smoke: bench-%: $(BUILD)/tests/bench/exit
	$(run_bench) $*

INSTRUCTIONS ?= tests/bench/instructions.txt
instructions: $(BUILD)/tests/bench/instructions $(BUILD)/tests/bench/exit
	$^ >$(INSTRUCTIONS)

$(addprefix $(BUILD)/tests/,bench/container bench/instructions storm/storm): $(BUILD)/%: %.c $(lib)
	@mkdir -p $(@D)
	$(compile_program) -MMD -MP -MF $@.d -MT $@ $< $(lib) $(TEST_LINK) -o $@

$(BUILD)/tests/bench/exit: tests/bench/exit.c $(BUILD)/config
	@mkdir -p $(@D)
	$(compile) -O2 -fno-stack-protector -ffreestanding -nostdlib -static $< -o $@

deps:
	@.ci/deps $(packages)
	@$(CARGO) fetch

deps-all:
	@.ci/deps $(packages_all)
	@$(CARGO) fetch
	@$(CARGO) fetch $(bench_crate)

lint:
	$(CLANG_FORMAT) --dry-run -Werror $(c_files)
	shellcheck $(scripts)
	$(CARGO) fmt --all --check
	$(CARGO) clippy -q --workspace --all-targets -- -D warnings
	$(CARGO) clippy -q -p libclone3 --all-targets --all-features -- -D warnings

cargo-test:
	$(CARGO) test -q --workspace
	$(CARGO) test -q -p libclone3 --all-features --lib --test command_tokio
	$(CARGO) test -q -p libclone3 --all-features --doc -- tokio asynchronous

# prove comes last: its summary ends the output.
prove := prove --directives --failures --comments
test: lint cargo-test programs shared
	$(prove) -j2 $(programs) $(wildcard tests/abi/*.t)

# Two lines of scripts that take about as long: three of the first share a build.
check-all: programs
	$(prove) -j2 --rules='seq=tests/build/{cross,kernels,mutations,qemu-user}.t' \
		--rules='seq=**' \
		$(wildcard tests/build/*.t)

coverage:
	tests/coverage.sh

ifneq ($(filter deps deps-all,$(MAKECMDGOALS)),)
lint cargo-test programs check-all: | $(filter deps deps-all,$(MAKECMDGOALS))
endif

storm:
	STORM_SECONDS=$(or $(STORM_SECONDS),180) tests/build/storm.t

kernels:
	KERNELS_WHOLE=yes tests/build/kernels.t

fuzz:
	FUZZ_SECONDS=$(or $(FUZZ_SECONDS),300) tests/build/fuzz.t

bindings:
	@mkdir -p $(BUILD)
	$(CARGO) run -q -p libclone3-sys --features bindgen --example bindings >$(BUILD)/bindings.rs
	cp $(BUILD)/bindings.rs rust-sys/src/bindings.rs

abi:
	@mkdir -p $(BUILD)
	tests/abi/describe.sh >$(BUILD)/abi.txt
	cp $(BUILD)/abi.txt tests/abi/abi.txt

public-api:
	@mkdir -p $(BUILD)
	tests/abi/public-api.sh >$(BUILD)/public-api.txt
	cp $(BUILD)/public-api.txt tests/abi/public-api.txt

format:
	$(CLANG_FORMAT) -i $(c_files)
	$(CARGO) fmt --all

install: $(lib) $(BUILD)/libclone3.pc
	$(foreach file,$(installed),install -D -m 644 $(firstword $(subst :, ,$(file))) \
		$(call destination,$(file)) &&) true
	$(foreach link,$(page_links),ln -sf $(firstword $(subst :, ,$(link))) \
		$(call destination,$(link)) &&) true

install-shared: $(shared)
	install -D -m 755 $< '$(DESTDIR)$(LIBDIR)/$(<F)'
	ln -sf $(<F) '$(DESTDIR)$(LIBDIR)/libclone3.so'

uninstall:
	rm -f $(foreach file,$(installed) $(page_links),$(call destination,$(file))) \
		'$(DESTDIR)$(LIBDIR)/$(notdir $(shared))' '$(DESTDIR)$(LIBDIR)/libclone3.so'
	for dir in '$(DESTDIR)$(DOCDIR)/examples' '$(DESTDIR)$(DOCDIR)'; do \
		[ ! -d "$$dir" ] || rmdir --ignore-fail-on-non-empty "$$dir"; done

clean:
	rm -rf $(BUILD)
