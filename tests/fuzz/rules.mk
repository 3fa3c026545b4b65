# Fuzzing of what duet reads from others, on the PC: see tests/fuzz/README.md. A target is a file
# target_NAME.c; $(B)/fuzz/NAME searches with libFuzzer (clang), $(B)/fuzz/replay/NAME runs it with given
# files and needs no clang.

# The devices, without those that need a vCPU's registers, and the files that hold a hypercall's handler.
FUZZ_HANDLERS := $(sort $(shell grep -L 'vmm/guest/\(regs\|trap\).h' vmm/device/*.c vmm/board/*.c; grep -l '^hc_' vmm/*/*.c))

# What each target is linked with, besides its own file and fuzz.c.
FUZZ_VM := tests/fuzz/fake_vm.c tests/unit/no_sandbox.c $(FUZZ_HANDLERS) vmm/call/hypercall.c $(UNIT_trace) vmm/trace/histogram.c \
	vmm/guest/guest_mem.c vmm/guest/irq.c vmm/device/bus.c vmm/boot/device_tree.c vmm/boot/device_tree_cpu.c \
	vmm/guest/saving.c vmm/named_files.c vmm/state/state_data.c vmm/terminal.c vmm/board/clint.c common/ring.c
FUZZ_elf_image := vmm/state/state_data.c vmm/boot/elf_image.c vmm/boot/file_kind.c vmm/boot/linux_image.c vmm/guest/guest_mem.c vmm/log.c
FUZZ_snapshot := $(FUZZ_VM) vmm/state/snapshot.c vmm/board/machine_mode.c vmm/guest/page_walk.c
FUZZ_migrate := vmm/state/migrate_stream.c vmm/state/snapshot.c vmm/state/state_data.c vmm/guest/guest_mem.c vmm/log.c
FUZZ_device_tree := vmm/boot/device_tree.c vmm/boot/device_tree_cpu.c vmm/log.c
FUZZ_SBI := vmm/call/sbi.c vmm/call/sbi_debug_console.c
FUZZ_board := $(FUZZ_VM)
FUZZ_virtqueue := vmm/state/state_data.c vmm/board/virtqueue.c vmm/guest/guest_mem.c vmm/log.c
FUZZ_gdb := $(UNIT_gdb_stub)
FUZZ_demangle := $(UNIT_demangle)
FUZZ_control := vmm/control/control_line.c
FUZZ_hypercall := $(filter-out vmm/device/console.c,$(FUZZ_VM)) vmm/report/recent.c $(FUZZ_SBI) # the target includes the other
FUZZ_trace := $(FUZZ_VM) $(FUZZ_SBI) tests/fuzz/json.c
FUZZ_disk := $(filter-out $(addprefix vmm/device/,disk.c disk_io.c queue.c),$(FUZZ_VM)) # likewise

FUZZ_TARGETS := $(patsubst tests/fuzz/target_%.c,%,$(wildcard tests/fuzz/target_*.c))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(B)/fuzz/replay/%)
FUZZ_FUZZERS := $(FUZZ_TARGETS:%=$(B)/fuzz/%)
# The archive: 2.3's shared library lacks io_uring_enable_rings().
FUZZ_LIBS := -Wl,--wrap=ioctl -lelf -lfdt -l:liburing.a -pthread

FUZZ_OBJ := $(B)/fuzz/obj
FUZZ_CC := clang
FUZZ_CFLAGS := $(UNIT_CFLAGS) -fsanitize=fuzzer-no-link

# $(call fuzz_objects,FOLDER,NAME,MAIN)
fuzz_objects = $(patsubst %.c,$(1)/%.o,tests/fuzz/target_$(2).c tests/fuzz/fuzz.c $(3) $(FUZZ_$(2)))

.PHONY: fuzz test-fuzz
fuzz: $(FUZZ_FUZZERS) $(FUZZ_REPLAYS) $(B)/fuzz/seeds.ready ## search for inputs that break duet's readers (SECONDS=60 CASES='gdb')
	@tests/fuzz/run $(B)/fuzz $(or $(SECONDS),60) $(or $(CASES),$(FUZZ_TARGETS))

NEEDS_fuzz = $(FUZZ_REPLAYS) $(B)/fuzz/seeds.ready
test-fuzz: $(NEEDS_fuzz) ## run the fuzz targets with the seeds and what was found
	@tests/fuzz/replay $(B) $(FUZZ_TARGETS)

# The seeds: each target makes its own; the loader's are guests of the tests, without line numbers.
FUZZ_GUESTS := hello panic spin
$(B)/fuzz/seeds.ready: $(FUZZ_REPLAYS) $(FUZZ_GUESTS:%=$(B)/guest/%.elf)
	$(Q)rm -rf $(B)/fuzz/seeds
	$(Q)for target in $(FUZZ_TARGETS); do \
		mkdir -p $(B)/fuzz/seeds/$$target && \
		$(B)/fuzz/replay/$$target --seeds $(B)/fuzz/seeds/$$target || exit 1; done
	$(Q)for guest in $(FUZZ_GUESTS); do \
		$(CROSS)objcopy --strip-debug $(B)/guest/$$guest.elf $(B)/fuzz/seeds/elf_image/$$guest || exit 1; done
	$(Q)touch $@

# These speak of what KVM has on RISC-V alone.
FUZZ_KVM := vmm/guest/irq.o vmm/call/sbi_debug_console.o vmm/board/machine_mode.o vmm/board/clint.o tests/fuzz/fake_vm.o \
	tests/fuzz/target_snapshot.o
$(FUZZ_KVM:%=$(UNIT_OBJ)/%) $(FUZZ_KVM:%=$(FUZZ_OBJ)/%): CSTD += -include tests/fuzz/kvm_riscv.h

$(foreach target,$(FUZZ_TARGETS),\
	$(eval $(B)/fuzz/replay/$(target): $(call fuzz_objects,$(UNIT_OBJ),$(target),tests/fuzz/replay.c))\
	$(eval $(B)/fuzz/$(target): $(call fuzz_objects,$(FUZZ_OBJ),$(target))))

$(FUZZ_REPLAYS): $(UNIT_OBJ)/linked-last tests/fuzz/rules.mk
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(UNIT_CFLAGS) -o $@ $(filter %.o,$^) $(FUZZ_LIBS)

$(FUZZ_FUZZERS): tests/fuzz/rules.mk
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o,$^) $(FUZZ_LIBS)

$(FUZZ_OBJ)/%.o: %.c tests/fuzz/rules.mk tests/unit/rules.mk Makefile | $(SETUP_TEST) $(SETUP_FUZZ)
	@mkdir -p $(@D)
	$(call say,CC,$< (fuzz))
	$(Q)$(FUZZ_CC) $(CSTD) $(FUZZ_CFLAGS) -MMD -MP -c $< -o $@

-include $(shell find $(FUZZ_OBJ) -name '*.d' 2>/dev/null)
