# Unit tests of the VMM that run on the PC: $(B)/unit/test_*. See tests/unit/run for how they are run.

# What each test is linked with, besides its own file and unit.c.
UNIT_elf_image := vmm/state/state_data.c vmm/boot/elf_image.c vmm/boot/file_kind.c vmm/boot/linux_image.c vmm/guest/guest_mem.c vmm/log.c
UNIT_guest_mem := vmm/guest/guest_mem.c vmm/log.c
UNIT_page_walk := vmm/guest/page_walk.c vmm/guest/guest_mem.c vmm/log.c
UNIT_trace := vmm/call/call_trace.c vmm/trace/trace_exit.c vmm/trace/trace.c vmm/trace/trace_text.c vmm/trace/trace_json.c common/sbi_error.c \
	vmm/log.c
UNIT_hypercall := vmm/call/hypercall.c $(UNIT_trace) vmm/trace/histogram.c vmm/guest/guest_mem.c tests/unit/handlers.c
UNIT_sbi := vmm/call/sbi.c vmm/call/sbi_debug_console.c $(UNIT_hypercall)
UNIT_recent := vmm/report/recent.c $(UNIT_hypercall)
UNIT_machine_mode := vmm/report/machine_mode.c
UNIT_describe := vmm/report/describe.c common/riscv.c
UNIT_call_stats := vmm/call/call_stats.c
UNIT_bus := vmm/device/bus.c vmm/log.c
UNIT_console_lines := vmm/device/console_lines.c
UNIT_TREE := vmm/boot/device_tree.c vmm/boot/device_tree_cpu.c vmm/log.c
UNIT_plic := vmm/board/plic.c vmm/state/state_data.c tests/unit/board_bus.c $(UNIT_TREE)
UNIT_uart := vmm/board/uart.c vmm/state/state_data.c tests/unit/board_bus.c $(UNIT_TREE)
UNIT_virtio_mmio := vmm/state/state_data.c vmm/board/virtio_mmio.c vmm/board/virtqueue.c vmm/guest/guest_mem.c tests/unit/board_bus.c $(UNIT_TREE)
UNIT_histogram := vmm/trace/histogram.c
UNIT_device_tree := $(UNIT_TREE)
UNIT_abi := $(UNIT_hypercall)
UNIT_demangle := vmm/report/demangle.c vmm/report/demangle_rust.c
UNIT_control_line := vmm/control/control_line.c
UNIT_control := vmm/control/control_line.c vmm/passing.c vmm/guest/migrating.c vmm/guest/saving.c vmm/log.c \
	tests/unit/no_sandbox.c
UNIT_options := vmm/options.c vmm/named_files.c vmm/control/control_line.c vmm/state/state_data.c vmm/device/disk_file.c vmm/device/disk_copy.c \
	vmm/device/image_file.c $(UNIT_hypercall)
UNIT_riscv := common/riscv.c
UNIT_ring := common/ring.c
UNIT_ring_order := tests/unit/ring_orders.c tests/unit/order.c
UNIT_queue := vmm/state/state_data.c vmm/guest/guest_mem.c vmm/device/queue.c common/ring.c vmm/log.c
UNIT_snapshot := vmm/state/snapshot.c vmm/state/state_data.c vmm/log.c
UNIT_fs_crash := $(MKFS_SHARED) tests/unit/fs_memory.c
UNIT_fsck := $(UNIT_fs_crash)
UNIT_gdb_packet := vmm/debug/gdb_packet.c
UNIT_step := vmm/debug/step.c
UNIT_breakpoint := vmm/debug/breakpoint.c vmm/guest/guest_mem.c vmm/log.c
UNIT_gdb_stub := vmm/debug/gdb_stub.c vmm/debug/gdb_packet.c vmm/debug/gdb_xml.c common/riscv.c tests/unit/gdb_fake.c

UNIT_TESTS := $(patsubst tests/unit/test_%.c,%,$(wildcard tests/unit/test_*.c))
UNIT_PROGRAMS := $(UNIT_TESTS:%=$(B)/unit/test_%)

# A folder a compiler: objects of two do not link, their sanitizers differ.
UNIT_OBJ := $(B)/unit/$(notdir $(COMPILER))
UNIT_CFLAGS := -D_GNU_SOURCE -iquote toyos/include -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all $(COVERAGE)

# $(call unit_objects,NAME): the objects of test_NAME.
unit_objects = $(patsubst %.c,$(UNIT_OBJ)/%.o,tests/unit/test_$(1).c tests/unit/unit.c $(UNIT_$(1)))

.PHONY: test-unit abi-list
NEEDS_unit = $(UNIT_PROGRAMS)
test-unit: $(NEEDS_unit) ## run the unit tests, on the PC
	$(Q)tests/unit/run $(B)/test $(UNIT_PROGRAMS) tests/unit/test_check_rooms \
		tests/unit/test_check_comments

abi-list: $(B)/unit/test_abi ## write the list of the ABI that the test holds it to
	$(Q)$(B)/unit/test_abi --write

$(UNIT_OBJ)/%.o: %.c tests/unit/rules.mk Makefile | $(SETUP_TEST) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(call say,CC,$< (unit))
	$(Q)$(COMPILER) $(CSTD) $(UNIT_CFLAGS) -MMD -MP -c $< -o $@

# The ring of which the compiler tells each access: see tests/unit/order.h.
$(UNIT_OBJ)/told/%.o: %.c tests/unit/rules.mk Makefile | $(SETUP_TEST) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(call say,CC,$< (unit))
	$(Q)$(COMPILER) $(CSTD) $(filter-out -fsanitize=%,$(UNIT_CFLAGS)) -fsanitize=thread -MMD -MP -c $< -o $@
$(B)/unit/test_ring_order: $(UNIT_OBJ)/told/common/ring.o

# The instructions that the decoder is tested with, from the assembler.
STEP_CODE := $(B)/unit/step_code.bin
$(STEP_CODE): tests/unit/step_code.S tests/unit/rules.mk | $(SETUP_TEST) $(SETUP_RUN)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc -march=rv64gc -mabi=lp64d -nostdlib -static \
		-Wl,-Ttext=0x200000,-N,--no-warn-rwx-segments,--build-id=none,-e0 $< -o $(@:.bin=.elf)
	$(Q)$(CROSS)objcopy -O binary $(@:.bin=.elf) $@
$(UNIT_OBJ)/tests/unit/test_step.o: UNIT_CFLAGS += -DSTEP_CODE='"$(STEP_CODE)"'
$(B)/unit/test_step: | $(STEP_CODE)

$(foreach test,$(UNIT_TESTS),$(eval $(B)/unit/test_$(test): $(call unit_objects,$(test))))
$(UNIT_PROGRAMS): $(UNIT_OBJ)/linked-last
	$(call say,LINK,$@)
	$(Q)$(COMPILER) $(UNIT_CFLAGS) -o $@ $(filter %.o,$^) -lcmocka -lelf -lfdt

# The compiler that linked last: another one links again.
$(UNIT_OBJ)/linked-last:
	@mkdir -p $(@D)
	@rm -f $(B)/unit/*/linked-last
	@touch $@

-include $(shell find $(UNIT_OBJ) -name '*.d' 2>/dev/null)
