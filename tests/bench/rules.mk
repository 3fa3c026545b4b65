# The benchmark: counted instructions, never a timed test.

BENCH_DIR := tests/bench
BENCH_CPPFLAGS := -D_GNU_SOURCE -I$(BENCH_DIR)
BENCH_GUESTS := $(patsubst $(BENCH_DIR)/guests/%,$(B)/bench/%.elf,$(basename $(wildcard $(BENCH_DIR)/guests/*.[cS])))
# Guests that measure a hypercall are built again for other VMMs.
BENCH_SBI_GUESTS := $(patsubst %,$(B)/bench/%_sbi.elf,null console uart disk_virtio)
BENCH_PARTS := $(B)/bench/floor $(B)/bench/floor_disk $(B)/bench/launch $(B)/bench/turns $(BENCH_GUESTS) $(BENCH_SBI_GUESTS)

$(B)/bench/%.o: $(BENCH_DIR)/%.c $(BENCH_DIR)/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(TARGET_CC) $(CSTD) $(BENCH_CPPFLAGS) -O2 -MMD -MP -c $< -o $@

$(B)/bench/guests/%.o: $(BENCH_DIR)/guests/%.c $(BENCH_DIR)/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) -I$(BENCH_DIR) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/bench/guests/%_sbi.o: $(BENCH_DIR)/guests/%.c $(BENCH_DIR)/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,GUEST,$< for other VMMs)
	$(Q)$(CROSS)gcc $(CSTD) -DBENCH_SBI -I$(BENCH_DIR) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/bench/guests/%.o: $(BENCH_DIR)/guests/%.S $(BENCH_DIR)/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc -I. $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/bench/floor: $(B)/bench/floor.o $(B)/duet-obj/vmm/guest/regs.o
$(B)/bench/floor_disk: $(B)/bench/floor_disk.o
$(B)/bench/launch: $(B)/bench/launch.o
$(B)/bench/turns: $(B)/bench/turns.o
$(B)/bench/floor $(B)/bench/floor_disk $(B)/bench/launch $(B)/bench/turns:
	$(Q)$(TARGET_LD) -static -o $@ $^ -luring

# A guest in C begins with the test guests' first instructions, one in assembly has its own.
$(patsubst $(BENCH_DIR)/guests/%.c,$(B)/bench/%.elf,$(wildcard $(BENCH_DIR)/guests/*.c)) $(BENCH_SBI_GUESTS): $(GUEST_KIT)
$(BENCH_GUESTS) $(BENCH_SBI_GUESTS): $(B)/bench/%.elf: $(B)/bench/guests/%.o abi/guest.ld
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@

.SECONDARY:
-include $(wildcard $(B)/bench/*.d $(B)/bench/guests/*.d)

PEER_QEMU_READY := $(B)/peer_qemu.ready
BENCH_OPTIONS = $(call option,--peers,PEERS) $(call option,--compare,COMPARE) $(call option,--boots,BOOTS)

.PHONY: bench
bench: duet toyos $(BENCH_PARTS) $(HOST_READY) $(SETUP_BENCH) $(if $(PEERS),$(PEER_QEMU_READY)) ## measure what the README promises, in instructions
	@tests/bench/run $(BENCH_OPTIONS) $(B)

.PHONY: bench-accept test-bench
bench-accept: duet toyos $(BENCH_PARTS) $(HOST_READY) ## take today's instruction counts for those that CI compares with
	@tests/bench/run --boots 1 --accept $(B)

NEEDS_bench = duet toyos $(BENCH_PARTS) $(HOST_READY)
test-bench: $(NEEDS_bench)
	@tests/bench/run --boots 1 --check $(B)

PROFILE_OPTIONS = $(call option,--what,WHAT) $(call option,--guest,GUEST)

.PHONY: profile
profile: duet $(BENCH_PARTS) $(HOST_READY) ## where the instructions of a round trip go: a flame graph (WHAT=start: of duet's start; restore, fork, doorbell, disk, uart)
	@tests/bench/profile $(PROFILE_OPTIONS) $(B)
