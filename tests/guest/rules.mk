# The guest tests: small guests (abi/rules.mk says how a guest is built), and the cases that run them in the host Linux.

GUEST_DIR := tests/guest/programs
GUEST_SRC := $(wildcard $(GUEST_DIR)/*.c)
GUEST_ELF := $(GUEST_SRC:$(GUEST_DIR)/%.c=$(B)/guest/%.elf)

$(B)/guest/%.o: $(GUEST_DIR)/%.c tests/guest/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/guest/%.elf: $(B)/guest/%.o $(GUEST_KIT)
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@

# Guests whose lines are in compressed sections; in the last by a format that no ELF file may have.
GUEST_PACKED := $(B)/guest/panic_zlib.elf $(B)/guest/panic_zstd.elf $(B)/guest/panic_zstd_old.elf
$(B)/guest/panic_zlib.elf $(B)/guest/panic_zstd.elf: $(B)/guest/panic_%.elf: $(B)/guest/panic.elf
	$(Q)$(CROSS)objcopy --compress-debug-sections=$* $< $@
$(B)/guest/panic_zstd_old.elf: $(B)/guest/panic_zstd.elf
	$(Q)LC_ALL=C sed 's/\x28\xb5\x2f\xfd/\x25\xb5\x2f\xfd/g' $< >$@

# Guests whose debugging information is in part in other files, which duet must not open: a split unit, and a
# string (the unit's folder) in a common file as dwz makes them.
GUEST_SPLIT := $(B)/guest/panic_split.elf $(B)/guest/panic_common.elf
$(B)/guest/split/panic_split.o: $(GUEST_DIR)/panic.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -gsplit-dwarf -MMD -MP -c $< -o $@
$(B)/guest/split/panic_common.o: $(GUEST_DIR)/panic.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -dA -MMD -MP -MT $@ -S $< -o $(@:.o=.s)
	$(Q)sed -i '/(DW_AT_comp_dir)/{n;s/.byte.*/.uleb128 0x1f21/;}' $(@:.o=.s)
	$(Q)printf '\t.section .gnu_debugaltlink\n\t.asciz "common.debug"\n\t.fill 20, 1, 0x5a\n' >>$(@:.o=.s)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -c $(@:.o=.s) -o $@
$(GUEST_SPLIT): $(B)/guest/panic_%.elf: $(B)/guest/split/panic_%.o $(GUEST_KIT)
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@

# Guests that are position-independent, as ld (ET_EXEC with PT_DYNAMIC) and lld (ET_DYN) link them.
GUEST_PIE := $(B)/guest/hello_pie_ld.elf $(B)/guest/hello_pie_lld.elf
$(B)/guest/pie/%.o: GUEST_CFLAGS := $(filter-out -fno-pic,$(GUEST_CFLAGS)) -fpie
$(B)/guest/pie/%.o: $(GUEST_DIR)/%.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@
$(B)/guest/hello_pie_ld.elf: $(B)/guest/pie/hello.o $(B)/guest/kit/start.o
	$(Q)$(CROSS)ld -pie --no-dynamic-linker -Ttext-segment=0x80200000 $^ -o $@
$(B)/guest/hello_pie_lld.elf: $(B)/guest/pie/hello.o $(B)/guest/kit/start.o
	$(Q)ld.lld-19 -pie --no-dynamic-linker --image-base=0x80200000 $^ -o $@

# A kernel that is linked for address 0, as an ELF file and as a raw image with the header of Linux's.
GUEST_RELOCATED := $(B)/guest/relocated.elf $(B)/guest/relocated.flat
$(B)/guest/relocated/%.o: tests/guest/relocated/%.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) $(filter-out -fno-pic,$(GUEST_CFLAGS)) -fpie -MMD -MP -c $< -o $@
$(B)/guest/relocated/entry.o: tests/guest/relocated/entry.S tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -c $< -o $@
$(B)/guest/relocated.elf: $(B)/guest/relocated/entry.o $(B)/guest/relocated/relocated.o tests/guest/relocated/kernel.ld
	$(Q)$(CROSS)ld -pie --no-dynamic-linker -n -z notext -z noexecstack -T $(filter %.ld,$^) $(filter %.o,$^) -o $@
$(B)/guest/relocated.flat: $(B)/guest/relocated.elf
	$(Q)$(CROSS)objcopy -O binary $< $@

# Firmware for the board's flash memory.
GUEST_FIRMWARE := $(B)/guest/firmware.flat
$(B)/guest/firmware/%.o: tests/guest/firmware/%.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@
$(B)/guest/firmware/entry.o: tests/guest/firmware/entry.S tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -c $< -o $@
$(GUEST_FIRMWARE): $(B)/guest/firmware/entry.o $(B)/guest/firmware/firmware.o tests/guest/firmware/firmware.ld
	$(Q)$(CROSS)ld -z noexecstack -T $(filter %.ld,$^) $(filter %.o,$^) -o $(@:.flat=.linked)
	$(Q)$(CROSS)objcopy -O binary $(@:.flat=.linked) $@

# A guest without frame pointers: with .debug_frame, with .eh_frame, and with neither.
GUEST_UNWIND := $(B)/guest/frames_debug.elf $(B)/guest/frames_eh.elf $(B)/guest/frames_none.elf
$(B)/guest/unwind/frames_debug.o: FRAMES := -g
$(B)/guest/unwind/frames_eh.o: FRAMES := -g0 -fasynchronous-unwind-tables
$(B)/guest/unwind/frames_none.o: FRAMES := -g0 -fno-asynchronous-unwind-tables -fno-unwind-tables
$(B)/guest/unwind/frames_%.o: $(GUEST_DIR)/frames.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -fomit-frame-pointer $(FRAMES) -MMD -MP -c $< -o $@
$(B)/guest/frames_%.elf: $(B)/guest/unwind/frames_%.o $(GUEST_KIT)
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@

# Kernels for QEMU's machine `virt` that begin in M-mode: without the kit, and without the note.
GUEST_BOARD := $(patsubst tests/guest/board/%.c,$(B)/guest/%.elf,$(wildcard tests/guest/board/*.c))
$(B)/guest/board/%.o: tests/guest/board/%.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -fno-tree-loop-distribute-patterns -MMD -MP -c $< -o $@
$(B)/guest/board/entry.o: tests/guest/board/entry.S tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(GUEST_CFLAGS) -c $< -o $@
$(GUEST_BOARD): $(B)/guest/%.elf: $(B)/guest/board/%.o $(B)/guest/board/entry.o tests/guest/board/kernel.ld
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS:abi/guest.ld=tests/guest/board/kernel.ld) $(filter %.o,$^) -o $@

.SECONDARY: $(GUEST_ELF:.elf=.o)
-include $(wildcard $(B)/guest/*.d $(B)/guest/board/*.d $(B)/guest/pie/*.d $(B)/guest/relocated/*.d \
	$(B)/guest/split/*.d $(B)/guest/unwind/*.d $(B)/guest/firmware/*.d)

# mkfs for the host Linux: fsck of disks there.
$(B)/guest/mkfs-obj/%.o: %.c tests/guest/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(TARGET_CC) $(MKFS_FLAGS) -c $< -o $@

$(B)/guest/mkfs: $(patsubst %.c,$(B)/guest/mkfs-obj/%.o,$(MKFS_SHARED) toyos/mkfs/main.c)
	$(call say,LINK,$@)
	$(Q)$(TARGET_LD) -static -o $@ $^

# A bad client of control sockets, for the host Linux.
$(B)/guest/connect: tests/guest/linux/connect.c vmm/control/control_line.c vmm/control/control_line.h tests/guest/rules.mk | $(SYSROOT_READY)
	$(call say,LINK,$@)
	$(Q)$(TARGET_CC) $(CSTD) $(DUET_CPPFLAGS) -O2 -c tests/guest/linux/connect.c -o $@-1.o
	$(Q)$(TARGET_CC) $(CSTD) $(DUET_CPPFLAGS) -O2 -c vmm/control/control_line.c -o $@-2.o
	$(Q)$(TARGET_LD) -static -o $@ $@-1.o $@-2.o

# A slow line between two sockets, likewise.
$(B)/guest/slow: tests/guest/linux/slow.c tests/guest/rules.mk | $(SYSROOT_READY)
	$(call say,LINK,$@)
	$(Q)$(TARGET_CC) $(CSTD) $(DUET_CPPFLAGS) -O2 -c $< -o $@.o
	$(Q)$(TARGET_LD) -static -o $@ $@.o

GUEST_TOOLS := $(B)/guest/mkfs $(B)/guest/connect $(B)/guest/slow

-include $(shell find $(B)/guest/mkfs-obj -name '*.d' 2>/dev/null)

# U-Boot, and a disk from which it boots Linux: in make test-full only, as Linux itself.
EXTLINUX := $(B)/linux/extlinux$(KERNEL:%=-%).img
$(EXTLINUX): tests/guest/extlinux-image $(KERNEL_LINK).ready $(LINUX_INITRD)
	$(call say,DISK,$@)
	$(Q)PATH="$$PATH:/sbin:/usr/sbin" tests/guest/extlinux-image $(KERNEL_LINK)/Image $(LINUX_INITRD) $@
GUEST_U_BOOT = $(if $(and $(DUET_TEST_FULL),$(HOST_READY)),$(B)/u-boot.ready $(EXTLINUX))

# Some cases run what tests/abi adds to duet, which takes a while to build.
EXTENDED_CASES := $(shell grep -ls EXTENDED tests/guest/cases/*.sh)
GUEST_EXTENDED = $(if $(filter $(or $(CASES),%),$(EXTENDED_CASES:tests/guest/cases/%.sh=%)),$(EXTENDED))

.PHONY: test-guest
NEEDS_guest = duet toyos $(TOYOS_DEBUG) $(GUEST_ELF) $(GUEST_PACKED) $(GUEST_SPLIT) $(GUEST_PIE) $(GUEST_UNWIND) \
	$(GUEST_RELOCATED) $(GUEST_BOARD) $(GUEST_FIRMWARE) $(GUEST_TOOLS) $(HOST_READY) $(if $(HOST_READY),$(LINUX_INITRD)) $(GUEST_U_BOOT) \
	$(GUEST_EXTENDED)
test-guest: $(NEEDS_guest) ## only the guest tests (CASES='a b': only these)
	@SEED='$(SEED)' tests/guest/run $(B) $(CASES)

# Those that have timers, and all that saves, copies and moves a machine, on other harts: without Sstc, so that timers are
# KVM's, and with vectors.
OTHER_CPU_CASES := clock board_machine_timer board_migrate fork fork_many fork_timers migrate restart_boot_hart save save_many \
	save_stress save_vector sbi sbi_conformance smp smp_busy steal timers toyos toyos_fork toyos_migrate toyos_usertests

.PHONY: test-other-cpu
NEEDS_other-cpu = $(NEEDS_guest)
test-other-cpu: $(NEEDS_other-cpu) ## guest tests on harts without Sstc and with vectors (CASES='a b': only these)
	@TEST_SUITE=other-cpu HOST_CPU=rv64,h=true,sstc=false,v=true tests/guest/run $(B) $(or $(CASES),$(OTHER_CPU_CASES))
