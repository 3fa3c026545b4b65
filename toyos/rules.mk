# toyos: the kernel, the programs that it carries in a file system, and the tool that makes one.

T := $(B)/toyos
TOYOS_CROSS := riscv64-linux-gnu-
ifeq ($(COMPILER),clang)
TOYOS_CC := clang --target=riscv64-linux-gnu
TOYOS_CC_INCLUDE = $(shell clang -print-resource-dir)/include
else
TOYOS_CC := $(TOYOS_CROSS)gcc
TOYOS_CC_INCLUDE = $(shell $(TOYOS_CC) -print-file-name=include)
# Or memset's own loop becomes a call of memset.
TOYOS_NO_IDIOM := -fno-tree-loop-distribute-patterns
endif

# No headers but the compiler's own and ours. Asked when they are used: a first make installs the compiler.
TOYOS_BASE_FLAGS = $(CSTD) -O2 -g -march=rv64gc -mabi=lp64d -mcmodel=medany -mno-relax -ffreestanding \
	-fno-pic -fno-common -fno-stack-protector -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables \
	$(TOYOS_NO_IDIOM) -nostdinc -isystem $(TOYOS_CC_INCLUDE) -Itoyos/include -Itoyos/lib/include -MMD -MP
TOYOS_FLAGS = $(TOYOS_BASE_FLAGS)
TOYOS_LDFLAGS := -nostdlib -static --no-relax -z max-page-size=4096 --fatal-warnings

TOYOS_KERNEL_SRC := $(filter-out toyos/kernel/debug/%,$(wildcard toyos/kernel/*/*.[cS])) \
	common/riscv.c common/ring.c common/sbi_error.c toyos/lib/string.c toyos/lib/strerror.c toyos/lib/format.c
TOYOS_KERNEL := $(TOYOS_KERNEL_SRC:%=$(T)/%.o)
TOYOS_LIB := $(T)/lib/lib.o

# The programs: those of toyos/user, a C file or a folder of them each; and those that PROGRAMS names (C files, or
# folders of them), which win over ours of the same name. A blank in their paths is | here (list-programs).
# The list is rewritten when it changes, so that the image follows.
ifneq ($(value PROGRAMS),)
override PROGRAMS := $(shell toyos/list-programs '$(subst ','\'',$(value PROGRAMS))')
ifneq ($(.SHELLSTATUS),0)
$(error nothing is built)
endif
endif
TOYOS_FOLDERS := $(sort $(notdir $(patsubst %/,%,$(dir $(wildcard toyos/user/*/*.c)))))
TOYOS_OURS := $(filter-out $(notdir $(PROGRAMS:.c=)),$(TOYOS_FOLDERS) \
	$(patsubst toyos/user/%.c,%,$(wildcard toyos/user/*.c)))
TOYOS_YOURS := $(patsubst %.c,$(T)/programs/%,$(notdir $(PROGRAMS)))
TOYOS_PROGRAMS := $(TOYOS_OURS:%=$(T)/user/%) $(TOYOS_YOURS)
TOYOS_LIST := $(T)/programs.list
ifneq ($(file <$(TOYOS_LIST)),$(TOYOS_PROGRAMS))
$(shell mkdir -p $(T)/programs)
$(file >$(TOYOS_LIST),$(TOYOS_PROGRAMS))
endif
TOYOS_USER_FLAGS = $(filter-out -std=% -Werror,$(TOYOS_BASE_FLAGS)) -std=gnu17 $(TOYOS_USER_WERROR) $(TOYOS_USER_ERRORS)

# Warnings are no errors in programs, but those are that tell of values cut off or mistaken for others.
TOYOS_USER_ERRORS := -Werror=implicit-function-declaration -Werror=implicit-int -Werror=int-conversion \
	-Werror=incompatible-pointer-types

# Programs of courses are built as xv6 builds them: a loop that only takes time stays one, and a recursion stays one.
TOYOS_COURSE_FLAGS = $(filter-out $(WARNINGS) -O2 -MMD -MP,$(TOYOS_USER_FLAGS)) -Wall -O -fno-optimize-sibling-calls

# The debug build: the same programs, and a kernel of its own that checks itself.
TOYOS_DEBUG := $(T)/debug/toyos.elf
TOYOS_DEBUG_KERNEL := $(patsubst %,$(T)/debug/%.o,$(TOYOS_KERNEL_SRC) $(wildcard toyos/kernel/debug/*.c))

.PHONY: toyos
toyos: $(T)/toyos.elf $(if $(filter 1,$(DEBUG)),$(TOYOS_DEBUG)) ## build toyos, the guest; with DEBUG=1 the debug build too

$(T)/%.c.o: %.c toyos/rules.mk Makefile | $(SETUP_RUN) $(ABI_CHECKED)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -c $< -o $@

$(T)/%.S.o: %.S toyos/rules.mk Makefile | $(SETUP_RUN) $(ABI_CHECKED)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -Wno-variadic-macros -DTOYOS_IMAGE='"$(T)/root.img"' -c $< -o $@

# Short names of files, for a panic that names six places.
$(T)/debug/%.c.o: TOYOS_FLAGS += -DTOYOS_DEBUG -fmacro-prefix-map=toyos/kernel/=
$(T)/debug/%.c.o: %.c toyos/rules.mk Makefile | $(SETUP_RUN)
	$(call say,CC,$< (debug))
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -c $< -o $@

# The user library is one object, in which each global function is there twice: as a local symbol, which the
# library's own calls use, and as a weak one, which programs use. So what a program defines itself wins for
# the program, and never for the library. A section for each function: a program gets those
# that it calls. Of those that it does not get, ld leaves address ranges at 0 in DWARF 5, over the
# program's own; in DWARF 4 they are empty.
TOYOS_LIB_PARTS := $(patsubst toyos/lib/%,$(T)/lib/%.o,$(wildcard toyos/lib/*.c toyos/lib/*.S))
$(TOYOS_LIB_PARTS): $(T)/lib/%.o: toyos/lib/% toyos/rules.mk Makefile | $(SETUP_RUN)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -gdwarf-4 -ffunction-sections -fdata-sections -c $< -o $@

$(TOYOS_LIB): $(TOYOS_LIB_PARTS) toyos/lib/symbols.awk
	$(call say,LD,$@)
	$(Q)$(TOYOS_CROSS)ld -r -o $@.first $(TOYOS_LIB_PARTS)
	$(Q)$(TOYOS_CROSS)nm --format=sysv --extern-only --defined-only $@.first | \
		awk -f toyos/lib/symbols.awk >$@.symbols
	$(Q)$(TOYOS_CROSS)objcopy @$@.symbols $@.first $@

$(T)/debug/%.S.o: $(T)/%.S.o
	@mkdir -p $(@D)
	$(Q)cp $< $@

# libfdt comes with the sysroot. Its headers alone, without the C library's beside them.
$(T)/libfdt/libfdt.h: | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)cp $(SYSROOT)/usr/include/fdt.h $(SYSROOT)/usr/include/libfdt_env.h $(@D)
	$(Q)cp $(SYSROOT)/usr/include/libfdt.h $@

TOYOS_DEVTREE := $(T)/toyos/kernel/boot/devtree.c.o $(T)/debug/toyos/kernel/boot/devtree.c.o
$(TOYOS_DEVTREE): TOYOS_FLAGS += -isystem $(T)/libfdt
$(TOYOS_DEVTREE): $(T)/libfdt/libfdt.h
$(T)/toyos/kernel/boot/entry.S.o: $(T)/root.img

$(T)/toyos/user/%.c.o: TOYOS_FLAGS = $(TOYOS_USER_FLAGS)

# Compiled each time, and the object replaced when it is another: the file or its headers may be others than
# the last time and yet older, as one student's work after the other's.
TOYOS_SOURCE = $(subst ','\'',$(subst |, ,$(filter %/$*.c,$(PROGRAMS))))
.PHONY: toyos-anew
$(TOYOS_YOURS:=.c.o): $(T)/programs/%.c.o: toyos-anew toyos/rules.mk Makefile | $(SETUP_RUN)
	$(call say,CC,$(TOYOS_SOURCE))
	$(Q)$(TOYOS_CC) $(TOYOS_COURSE_FLAGS) -c '$(TOYOS_SOURCE)' -o $@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

TOYOS_LINK_USER = $(TOYOS_CROSS)ld $(TOYOS_LDFLAGS) --gc-sections -T toyos/user/user.ld -o $@ $(filter %.o,$^)

$(foreach f,$(TOYOS_FOLDERS),$(eval $(T)/user/$f: $(patsubst %,$(T)/%.o,$(wildcard toyos/user/$f/*.c))))
$(TOYOS_FOLDERS:%=$(T)/user/%): $(TOYOS_LIB) toyos/user/user.ld
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_LINK_USER)

$(T)/user/%: $(T)/toyos/user/%.c.o $(TOYOS_LIB) toyos/user/user.ld
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_LINK_USER)

$(TOYOS_YOURS): $(T)/programs/%: $(T)/programs/%.c.o $(TOYOS_LIB) toyos/user/user.ld
	$(call say,LD,$@)
	$(Q)$(TOYOS_LINK_USER)

# mkfs, for the PC: the kernel's own file system, and what it stands on there.
MKFS := $(T)/mkfs/mkfs
MKFS_SHARED := $(wildcard toyos/kernel/fs/*.c) toyos/kernel/dev/block.c toyos/kernel/sched/sleep_lock.c \
	toyos/lib/format.c $(filter-out toyos/mkfs/main.c,$(wildcard toyos/mkfs/*.c))
MKFS_FLAGS := $(CSTD) -D_GNU_SOURCE -O2 -g -iquote toyos/include -MMD -MP

.PHONY: mkfs
mkfs: $(MKFS) ## build mkfs, which makes and checks images of toyos's file system

$(T)/mkfs/%.o: %.c | $(SETUP_RUN)
	$(call say,CC,$< (mkfs))
	@mkdir -p $(@D)
	$(Q)$(COMPILER) $(MKFS_FLAGS) -c $< -o $@

$(MKFS): $(patsubst %.c,$(T)/mkfs/%.o,$(MKFS_SHARED) toyos/mkfs/main.c)
	$(call say,LINK,$@)
	$(Q)$(COMPILER) -o $@ $^

# The file system that the kernel carries: the programs without their debug information, but with
# symbols, which the report of a fault uses; and the other files that xv6's programs look for.
ROOT_SIZE := 16M
ROOT_FILES = console=@1,0 README=toyos/README.md doc/help.txt=toyos/user/help.txt \
	$(addprefix $(T)/stripped/,$(notdir $(TOYOS_PROGRAMS)))
$(T)/root.img: $(TOYOS_PROGRAMS) $(TOYOS_LIST) $(MKFS) toyos/README.md toyos/user/help.txt
	$(call say,IMAGE,$@)
	@mkdir -p $(T)/stripped
	$(Q)for p in $(TOYOS_PROGRAMS); do \
		$(TOYOS_CROSS)strip -g -o $(T)/stripped/$${p##*/} $$p || exit 1; done
	$(Q)$(MKFS) make $@ $(ROOT_SIZE) --cut $(ROOT_FILES)

.PHONY: image
image: $(T)/root.img ## make an image with all programs, IMAGE=FILE and SIZE=64M, as a disk for toyos
	$(if $(IMAGE),,$(error make image IMAGE=FILE: say which file))
	$(Q)if [ -e '$(TOYOS_IMAGE)' ]; then echo 'IMAGE=$(TOYOS_IMAGE): exists already: remove it, or give another name' >&2; exit 1; fi
	$(Q)$(MKFS) make '$(TOYOS_IMAGE)' $(or $(SIZE),64M) $(ROOT_FILES)
TOYOS_IMAGE = $(subst ','\'',$(patsubst ~/%,$(HOME)/%,$(value IMAGE)))

# Twice: the second link adds the table of the first one's functions. It is behind them, so that
# they are where it says; which is looked at.
TOYOS_LINK_KERNEL = $(TOYOS_CROSS)ld $(TOYOS_LDFLAGS) -T $(T)/kernel.ld $(filter %.o,$^) \
	$(SYSROOT)/usr/lib/riscv64-linux-gnu/libfdt.a
$(T)/kernel.ld: toyos/kernel/kernel.ld toyos/kernel/layout.h abi/memory.h common/riscv.h toyos/rules.mk | $(SETUP_RUN)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) -E -P -x assembler-with-cpp -I. $< -o $@

$(T)/toyos.elf: $(TOYOS_KERNEL)
$(TOYOS_DEBUG): $(TOYOS_DEBUG_KERNEL)
$(T)/toyos.elf $(TOYOS_DEBUG): $(T)/kernel.ld toyos/symbols.awk toyos/check-fp.py
	$(call say,LD,$@)
	$(Q)$(TOYOS_LINK_KERNEL) -o $(@D)/toyos.first
	$(Q)$(TOYOS_CROSS)nm -n $(@D)/toyos.first | awk -f toyos/symbols.awk >$(@D)/symbols.S
	$(Q)$(TOYOS_CC) -c $(@D)/symbols.S -o $(@D)/symbols.o
	$(Q)$(TOYOS_LINK_KERNEL) $(@D)/symbols.o -o $@
	$(Q)$(TOYOS_CROSS)nm -n $@ | awk -f toyos/symbols.awk | cmp - $(@D)/symbols.S
	$(Q)$(TOYOS_CROSS)objdump -d $@ | python3 toyos/check-fp.py

.PHONY: rooms-toyos
rooms: rooms-toyos
rooms-toyos: $(TOYOS_KERNEL)
	$(call say,ROOMS,toyos/kernel)
	$(Q)scripts/check-rooms toyos/kernel/README.md $(TOYOS_CROSS)nm $(T)/toyos/kernel $(TOYOS_KERNEL)

.SECONDARY: $(TOYOS_LIB_PARTS) $(patsubst toyos/%.c,$(T)/toyos/%.c.o,$(wildcard toyos/user/*.c))
-include $(shell find $(T) -name '*.d' 2>/dev/null)
