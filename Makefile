# Duet's only entry point; `make help` lists what it does. Each folder's rules.mk has its own rules.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

# Where all that is made goes; the scripts know it by DUET_BUILD.
B := build
export DUET_BUILD = $(abspath $(B))
COMPILER ?= gcc

# What to do when a Debian package is missing: install it, or only name it (SETUP=no).
SETUP ?= yes

# Quiet unless V=1: a line for each step. All that make says goes to stderr: stdout is the guest's.
Q := $(if $(filter 1,$(V)),@set -x;,@)
say = @printf '  %-8s %s\n' '$(1)' '$(2)' >&2

# In front of a recipe whose script calls make: it gets the slots of `make -j`, and `make -n` shows it. A $(MAKE)
# in the recipe itself would have `make -n` run it.
CALLS_MAKE = $(if $(findstring n,$(firstword -$(MAKEFLAGS))),,+)
MAKE_PROGRAM := $(MAKE)

# Warnings are errors, but in a lab's folder.
WERROR := $(if $(wildcard .lab),,-Werror)
WARNINGS := -Wall -Wextra -Wpedantic $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wundef -Wvla -Wwrite-strings -Wformat=2
CSTD := -std=c17 -I. $(WARNINGS)

# The compiler for the riscv64 side. The sysroot's headers and libraries go first: a cross compiler
# may have older ones of its own. The linker is lld: Debian 12's GNU ld 2.40 crashes on Debian 13's
# static C library, whose sections begin with an alignment relocation.
TARGET := riscv64-linux-gnu
# A distribution has several versions, each in a folder of its own: the newest that is there.
LLVM_BIN = $(shell ls -d /usr/lib/llvm-*/bin/ld.lld | sort -V | sed -n '$$s,/ld.lld$$,,p')
TARGET_CC = $(if $(filter clang,$(COMPILER)),clang --target=$(TARGET),$(CROSS)$(COMPILER)) \
	--sysroot=$(SYSROOT) -isystem $(SYSROOT)/usr/include/$(TARGET) -isystem $(SYSROOT)/usr/include
TARGET_LD = $(CROSS)gcc --sysroot=$(SYSROOT) -B$(SYSROOT)/usr/lib/$(TARGET) \
	-L$(SYSROOT)/usr/lib/$(TARGET) -B$(LLVM_BIN) -fuse-ld=lld

# Help reads the rules and needs none of them: it works also where nothing can be written.
RULES := Makefile $(wildcard */rules.mk scripts/*/rules.mk tests/*/rules.mk tests/labs/*/rules.mk)
ifneq ($(filter-out help help-all,$(or $(MAKECMDGOALS),help)),)
ifneq ($(words $(B)),1)
$(error B='$(B)': must be one word, for make takes no blanks in a path of its own)
endif
ifneq ($(shell mkdir -p $(B) 2>/dev/null && [ -w $(B) ] && echo yes),yes)
$(error $(B): nothing can be written there; have it elsewhere, as in: make B=/tmp/duet $(MAKECMDGOALS))
endif
include scripts/rules.mk
include abi/rules.mk
include vmm/rules.mk
include toyos/rules.mk
include tests/rules.mk
include scripts/install/rules.mk
include scripts/editor/rules.mk
endif

.PHONY: all help help-all clean format lint rooms
all: duet toyos ## build duet and toyos

# `## TEXT` behind a target is its line of help; a line that begins with `##` is one of knobs, with `##+` for
# help-all only.
EVERYDAY := run gdb shell run-bare test image bench kernel doctor help-all
help: ## this: what is needed every day
	@for target in $(EVERYDAY); do \
		sed -n "s/^$$target:.*## \(.*\)/  make $$target|\1/p" $(RULES); done | \
		awk -F'|' '{ printf "%-17s %s\n", $$1, $$2 }'
	@sed -n 's/^##$$//p; s/^## //p' scripts/rules.mk

help-all: ## all targets and knobs
	@sed -n 's/^\([a-z-][a-z -]*\):.*## \(.*\)/  make \1|\2/p' $(RULES) | \
		awk -F'|' '{ printf "%-24s %s\n", $$1, $$2 }'
	@sed -n 's/^##+//p; s/^## \{0,1\}//p' scripts/rules.mk

clean: ## remove build/ (what was fetched stays in the cache)
	rm -rf $(B) tags

# The sanitizers' and the other compiler's builds have folders of their own.
# Not the labs' variants (scripts/labs/source.py), which are parts of files.
C_FILES = $(shell find abi common vmm toyos scripts tests -name '*.[ch]' | xargs grep -L '^//@ ')
SH_FILES = $(shell grep -lsrI '^\#!/bin/sh' scripts tests toyos .ci) tests/guest/lib.sh tests/abi/lib.sh
TIDY_FLAGS = --target=$(TARGET) --sysroot=$(SYSROOT) -isystem $(SYSROOT)/usr/include/$(TARGET) \
	-isystem $(SYSROOT)/usr/include -std=c17 -I. -I$(B)/duet-obj -Itests/bench -D_GNU_SOURCE
TIDY_FILES = $(wildcard vmm/*.c vmm/*/*.c common/*.c) tests/bench/floor.c
# gcc's analyzer, beside clang's, which clang-tidy has. Left out is what it finds wrongly, with gcc 12 or 14: it does not
# see that a struct of the caller's keeps a file or a string, nor that memcpy() of a whole struct is of all its bytes.
ANALYZER := -fanalyzer -Wno-analyzer-fd-leak -Wno-analyzer-malloc-leak -Wno-analyzer-use-of-uninitialized-value
ANALYZED := $(wildcard vmm/*.c vmm/*/*.c common/*.c)

format: $(SETUP_LINT) ## lay out the C files as .clang-format says
	clang-format-19 -i $(C_FILES)

lint: $(SETUP_LINT) $(SYSROOT_READY) $(SYSCALL_NAMES) ## layout, comments, the kernel's size, clang-tidy, gcc's analyzer, shellcheck, what the READMEs name, the proofs' mutants, the labs' C parts, the order of rooms, and a build with clang
	$(call say,SIZE,)
	$(Q)python3 toyos/check-size.py
	$(call say,FORMAT,)
	$(Q)clang-format-19 --dry-run -Werror $(C_FILES)
	$(call say,COMMENTS,)
	$(Q)scripts/check-comments $(C_FILES)
	$(call say,SHELL,)
	$(Q)shellcheck $(SH_FILES)
	$(Q)shellcheck --shell=bash scripts/install/duet.bash
	$(call say,WORDS,)
	$(Q)tests/readme/run --words >$(B)/words.out || { grep -v '^ok' $(B)/words.out; exit 1; }
	$(call say,MUTANTS,)
	$(Q)for mutant in tests/prove/mutants/*.patch; do \
		patch -p1 --fuzz=0 --force --dry-run --silent -i "$$mutant" || { echo "$$mutant does not apply"; exit 1; }; done
	$(Q)$(MAKE) --no-print-directory compile-commands
	$(call say,LABS,)
	$(Q)tests/labs/compile $(B)/compile_commands.json
	$(call say,TIDY,)
	$(Q)printf '%s\n' $(TIDY_FILES) | xargs -n 6 -P "$$(nproc)" sh -c 'clang-tidy-19 --quiet "$$@" -- $(TIDY_FLAGS)' tidy \
		2>$(B)/tidy.err || { cat $(B)/tidy.err; exit 1; }
	$(call say,ANALYZE,)
	$(Q)printf '%s\n' $(ANALYZED) | xargs -n 12 -P "$$(nproc)" sh -c \
		'for file; do $(CROSS)gcc $(filter-out --target=%,$(TIDY_FLAGS)) -O2 -Werror $(ANALYZER) -S -o /dev/null "$$file" || exit 1; done' analyze
	$(Q)$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j"$$(nproc)") --no-print-directory COMPILER=clang B=$(B)/clang SYSROOT=$(SYSROOT) \
		SYSROOT_READY= SETUP_RUN= TOYOS_USER_WERROR=-Werror DEBUG=1 duet toyos hv rooms

# Each part adds its own: a line `scripts/check-rooms README NM FOLDER OBJECT...`, which says what a README needs.
rooms: ## check that no room of the sources calls one above it
