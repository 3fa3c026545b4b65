# The benchmark: counted instructions, never a timed test.

BENCH_FLOOR := $(B)/bench/floor
BENCH_NULL := $(B)/bench/null.elf

$(BENCH_FLOOR): tests/bench/floor.c tests/bench/bench.h vmm/regs.c vmm/regs.h | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(TARGET_CC) $(CSTD) -D_GNU_SOURCE -Itests/bench -O2 -c $< -o $(@D)/floor.o
	$(Q)$(TARGET_CC) $(CSTD) -D_GNU_SOURCE -O2 -c vmm/regs.c -o $(@D)/regs.o
	$(Q)$(TARGET_LD) -static -o $@ $(@D)/floor.o $(@D)/regs.o

$(BENCH_NULL): tests/bench/null.c tests/bench/bench.h $(B)/guest/start.o $(GUEST_DIR)/guest.ld
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) -I$(GUEST_DIR) -Itests/bench $(GUEST_CFLAGS) -c $< -o $(@D)/null.o
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(@D)/null.o $(B)/guest/start.o -o $@

.PHONY: bench
bench: duet $(BENCH_FLOOR) $(BENCH_NULL) $(HOST_READY) ## measure what the README promises, in instructions
	@tests/bench/run $(B)
