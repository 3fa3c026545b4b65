# Duet's only entry point; `make help` lists what it does. Each folder's rules.mk has its own rules.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

B := build
COMPILER ?= gcc

# What to do when a Debian package is missing: install it, or only name it (SETUP=no).
SETUP ?= yes

# Quiet unless V=1: a line for each step. All that make says goes to stderr: stdout is the guest's.
Q := $(if $(filter 1,$(V)),@set -x;,@)
say = @printf '  %-8s %s\n' '$(1)' '$(2)' >&2

WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wundef -Wvla -Wwrite-strings -Wformat=2
CSTD := -std=c17 -I. $(WARNINGS)

include scripts/rules.mk

# The compiler for the riscv64 side. The sysroot's headers and libraries go first: a cross compiler
# may have older ones of its own. The linker is lld: Debian 12's GNU ld 2.40 crashes on Debian 13's
# static C library, whose sections begin with an alignment relocation.
TARGET := riscv64-linux-gnu
LLVM_BIN := /usr/lib/llvm-19/bin
TARGET_CC = $(if $(filter clang,$(COMPILER)),clang --target=$(TARGET),$(CROSS)$(COMPILER)) \
	--sysroot=$(SYSROOT) -isystem $(SYSROOT)/usr/include/$(TARGET) -isystem $(SYSROOT)/usr/include
TARGET_LD = $(CROSS)gcc --sysroot=$(SYSROOT) -B$(SYSROOT)/usr/lib/$(TARGET) \
	-L$(SYSROOT)/usr/lib/$(TARGET) -B$(LLVM_BIN) -fuse-ld=lld

include abi/rules.mk
include vmm/rules.mk
include toyos/rules.mk
include tests/rules.mk

.PHONY: all help clean format lint rooms
all: duet toyos ## build duet and toyos

help: ## this list
	@sed -n 's/^\([a-z-][a-z -]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{ printf "%-24s %s\n", $$1, $$2 }'
	@sed -n 's/^## \{0,1\}//p' scripts/rules.mk

clean: ## remove build/ (what was fetched stays in the cache)
	rm -rf $(B)

# The sanitizers' and the other compiler's builds have folders of their own.
C_FILES = $(shell find abi common vmm toyos tests -name '*.[ch]')
SH_FILES = $(shell grep -lsr '^\#!/bin/sh' scripts tests toyos .ci) tests/guest/lib.sh
TIDY_FILES = $(wildcard vmm/*.c vmm/*/*.c common/*.c) tests/bench/floor.c

format: $(SETUP_LINT) ## lay out the C files as .clang-format says
	clang-format-19 -i $(C_FILES)

lint: $(SETUP_LINT) $(SYSROOT_READY) $(SYSCALL_NAMES) ## layout, the kernel's size, clang-tidy, shellcheck, the order of rooms, and a build with clang
	$(call say,SIZE,)
	$(Q)python3 toyos/check-size.py
	$(call say,FORMAT,)
	$(Q)clang-format-19 --dry-run -Werror $(C_FILES)
	$(call say,SHELL,)
	$(Q)shellcheck $(SH_FILES)
	$(call say,TIDY,)
	$(Q)clang-tidy-19 --quiet $(TIDY_FILES) -- --target=$(TARGET) --sysroot=$(SYSROOT) \
		-isystem $(SYSROOT)/usr/include/$(TARGET) -isystem $(SYSROOT)/usr/include \
		-std=c17 -I. -I$(B)/duet-obj -Itests/bench -D_GNU_SOURCE 2>$(B)/tidy.err || { cat $(B)/tidy.err; exit 1; }
	$(Q)$(MAKE) --no-print-directory COMPILER=clang B=$(B)/clang SYSROOT=$(SYSROOT) \
		SYSROOT_READY= SETUP_RUN= TOYOS_USER_WERROR=-Werror DEBUG=1 duet toyos rooms

# Each part adds its own: a line `scripts/check-rooms README NM FOLDER OBJECT...`, which says what a README needs.
rooms: ## check that no room of the sources calls one above it
