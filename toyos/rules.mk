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
	common/riscv.c common/ring.c toyos/lib/string.c toyos/lib/format.c
TOYOS_KERNEL := $(TOYOS_KERNEL_SRC:%=$(T)/%.o)
TOYOS_LIB := $(patsubst %,$(T)/%.o,$(wildcard toyos/lib/*.c toyos/lib/*.S))

# The programs: those of toyos/user, a C file or a folder of them each; and those that PROGRAMS names (C files, or folders of them), which
# win over ours of the same name. They are built as xv6 does it: GNU C, and warnings are no errors.
# The list is rewritten when it changes, so that the image follows.
override PROGRAMS := $(foreach p,$(PROGRAMS),$(if $(filter %.c,$p),$p,$(or $(wildcard $p/*.c),$p)))
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
TOYOS_USER_FLAGS = $(filter-out -std=% -Werror,$(TOYOS_BASE_FLAGS)) -std=gnu17 $(TOYOS_USER_WERROR)

# The debug build: the same programs, and a kernel of its own that checks itself.
TOYOS_DEBUG := $(T)/debug/toyos.elf
TOYOS_DEBUG_KERNEL := $(patsubst %,$(T)/debug/%.o,$(TOYOS_KERNEL_SRC) $(wildcard toyos/kernel/debug/*.c))

.PHONY: toyos
toyos: $(T)/toyos.elf $(if $(filter 1,$(DEBUG)),$(TOYOS_DEBUG)) ## build toyos, the guest; with DEBUG=1 the debug build too

$(T)/%.c.o: %.c toyos/rules.mk Makefile | $(SETUP_RUN)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -c $< -o $@

$(T)/%.S.o: %.S toyos/rules.mk Makefile | $(SETUP_RUN)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -Wno-variadic-macros -DTOYOS_IMAGE='"$(T)/root.img"' -c $< -o $@

# Short names of files, for a panic that names six places.
$(T)/debug/%.c.o: TOYOS_FLAGS += -DTOYOS_DEBUG -fmacro-prefix-map=toyos/kernel/=
$(T)/debug/%.c.o: %.c toyos/rules.mk Makefile
	$(call say,CC,$< (debug))
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -c $< -o $@

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
$(T)/programs/%.c.o: TOYOS_FLAGS = $(filter-out $(WARNINGS),$(TOYOS_USER_FLAGS)) -Wall
$(foreach c,$(PROGRAMS),$(eval $(T)/programs/$(notdir $c).o: TOYOS_SRC := $c)\
	$(eval $(T)/programs/$(notdir $c).o: $c))
$(TOYOS_YOURS:=.c.o):
	$(call say,CC,$(TOYOS_SRC))
	$(Q)$(TOYOS_CC) $(TOYOS_FLAGS) -c $(TOYOS_SRC) -o $@

# What a program defines itself wins over the library's.
TOYOS_LINK_USER = $(TOYOS_CROSS)ld $(TOYOS_LDFLAGS) -z muldefs -T toyos/user/user.ld -o $@ \
	$(filter-out $(TOYOS_LIB),$(filter %.o,$^)) $(TOYOS_LIB)

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

$(T)/mkfs/%.o: %.c
	$(call say,CC,$< (mkfs))
	@mkdir -p $(@D)
	$(Q)$(COMPILER) $(MKFS_FLAGS) -c $< -o $@

$(MKFS): $(patsubst %.c,$(T)/mkfs/%.o,$(MKFS_SHARED) toyos/mkfs/main.c)
	$(call say,LINK,$@)
	$(Q)$(COMPILER) -o $@ $^

# The file system that the kernel carries: the programs without their debug information, but with
# symbols, which the report of a fault uses; and the other files that xv6's programs look for.
ROOT_SIZE := 16M
ROOT_FILES = console=@1,0 README=toyos/README.md $(addprefix $(T)/stripped/,$(notdir $(TOYOS_PROGRAMS)))
$(T)/root.img: $(TOYOS_PROGRAMS) $(TOYOS_LIST) $(MKFS) toyos/README.md
	$(call say,IMAGE,$@)
	@mkdir -p $(T)/stripped
	$(Q)for p in $(TOYOS_PROGRAMS); do \
		$(TOYOS_CROSS)strip -g -o $(T)/stripped/$${p##*/} $$p || exit 1; done
	$(Q)$(MKFS) make $@ $(ROOT_SIZE) --cut $(ROOT_FILES)

.PHONY: image
image: $(T)/root.img ## make an image with all programs, IMAGE=FILE and SIZE=64M, as a disk for toyos
	$(Q)$(MKFS) make $(or $(IMAGE),$(error make image IMAGE=FILE: say which file)) $(or $(SIZE),64M) $(ROOT_FILES)

# Twice: the second link adds the table of the first one's functions. It is behind them, so that
# they are where it says; which is looked at.
TOYOS_LINK_KERNEL = $(TOYOS_CROSS)ld $(TOYOS_LDFLAGS) -T toyos/kernel/kernel.ld $(filter %.o,$^) \
	$(SYSROOT)/usr/lib/riscv64-linux-gnu/libfdt.a
$(T)/toyos.elf: $(TOYOS_KERNEL)
$(TOYOS_DEBUG): $(TOYOS_DEBUG_KERNEL)
$(T)/toyos.elf $(TOYOS_DEBUG): toyos/kernel/kernel.ld toyos/symbols.awk toyos/check-fp.py
	$(call say,LD,$@)
	$(Q)$(TOYOS_LINK_KERNEL) -o $(@D)/toyos.first
	$(Q)$(TOYOS_CROSS)nm -n $(@D)/toyos.first | awk -f toyos/symbols.awk >$(@D)/symbols.S
	$(Q)$(TOYOS_CC) -c $(@D)/symbols.S -o $(@D)/symbols.o
	$(Q)$(TOYOS_LINK_KERNEL) $(@D)/symbols.o -o $@
	$(Q)$(TOYOS_CROSS)nm -n $@ | awk -f toyos/symbols.awk | cmp - $(@D)/symbols.S
	$(Q)$(TOYOS_CROSS)objdump -d $@ | python3 toyos/check-fp.py

.SECONDARY: $(TOYOS_LIB) $(patsubst toyos/%.c,$(T)/toyos/%.c.o,$(wildcard toyos/user/*.c))
-include $(shell find $(T) -name '*.d' 2>/dev/null)
