# What is wrong with the hypercall table, its handlers or a shared struct is said before anything is compiled.

ABI_CHECKED := $(B)/abi.checked
ABI_HANDLERS := $(wildcard vmm/*/*.c)
$(ABI_CHECKED): abi/check.py abi/abi.list $(wildcard abi/*.h) $(ABI_HANDLERS) | $(SETUP_RUN)
	@mkdir -p $(@D)
	@python3 abi/check.py $(ABI_HANDLERS)
	@touch $@

# How a guest in C is built: with the start-up code, the linker script and the rings (common/ring.h) of the kit.
GUEST_CFLAGS := -O1 -g -ffreestanding -fno-omit-frame-pointer -fno-optimize-sibling-calls \
	-march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -fno-pic
GUEST_LDFLAGS := -nostdlib -static -march=rv64imac_zicsr_zifencei -mabi=lp64 \
	-Wl,--build-id=none -Wl,-z,noexecstack -T abi/guest.ld
GUEST_KIT := $(B)/guest/kit/start.o $(B)/guest/kit/ring.o abi/guest.ld

$(B)/guest/kit/start.o: abi/guest_start.S abi/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc -I. $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/guest/kit/ring.o: common/ring.c abi/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

# What gcc itself calls: memcpy, memset and so on.
$(B)/guest/kit/string.o: toyos/lib/string.c abi/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -fno-tree-loop-distribute-patterns -Itoyos/lib/include -MMD -MP -c $< -o $@

-include $(wildcard $(B)/guest/kit/*.d)

# GUEST=FILE.c: a guest of your own. Which file it was made from is in its path, so that two files of one name are
# two guests.
ifneq ($(filter %.c,$(GUEST)),)
GUEST_SOURCE := $(GUEST)
$(if $(wildcard $(GUEST_SOURCE)),,$(error GUEST=$(GUEST_SOURCE): there is no such file))
override GUEST := $(B)/own$(abspath $(GUEST_SOURCE:.c=.elf))
$(GUEST:.elf=.o): $(GUEST_SOURCE) abi/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc -std=gnu17 -I. -Wall -Werror=implicit-function-declaration $(GUEST_CFLAGS) \
		-MMD -MP -c $< -o $@
$(GUEST): $(GUEST:.elf=.o) $(B)/guest/kit/string.o $(GUEST_KIT)
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@
-include $(GUEST:.elf=.d)
run run-hv shell gdb gdb-vmm: $(GUEST)
endif
