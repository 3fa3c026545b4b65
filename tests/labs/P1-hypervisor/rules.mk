# The hypervisor of lab P1: it runs in QEMU on OpenSBI, without a host Linux. It shares toyos's flags, its memory
# functions and its formatting.

HV_FOLDER := tests/labs/P1-hypervisor
HV := $(B)/hv/hv.elf
HV_SRC := $(wildcard $(HV_FOLDER)/hv/*.c $(HV_FOLDER)/hv/*.S)
HV_OBJ := $(HV_SRC:$(HV_FOLDER)/%=$(B)/%.o)
HV_FLAGS = $(TOYOS_BASE_FLAGS) -I$(HV_FOLDER) -isystem $(T)/libfdt
HV_SHARED := $(patsubst %,$(T)/%.c.o,toyos/lib/string toyos/lib/format common/riscv)

.PHONY: hv run-hv
hv: $(HV) ## build the hypervisor of lab P1

run-hv: hv $(if $(GUEST),,toyos) | $(SETUP_RUN) ## start toyos on the hypervisor of lab P1, without KVM and a host Linux
	@scripts/run --bare --hypervisor $(HV) $(RUN_OPTIONS)

$(HV_OBJ): $(B)/%.o: $(HV_FOLDER)/% $(HV_FOLDER)/rules.mk toyos/rules.mk Makefile $(T)/libfdt/libfdt.h | $(SETUP_RUN) $(ABI_CHECKED)
	$(call say,HV,$<)
	@mkdir -p $(@D)
	$(Q)$(TOYOS_CC) $(HV_FLAGS) -c $< -o $@

$(HV): $(HV_OBJ) $(HV_SHARED) $(HV_FOLDER)/hv/hv.ld
	$(call say,LD,$@)
	$(Q)$(TOYOS_CROSS)ld $(TOYOS_LDFLAGS) -T $(HV_FOLDER)/hv/hv.ld $(filter %.o,$^) \
		$(SYSROOT)/usr/lib/riscv64-linux-gnu/libfdt.a -o $@

-include $(HV_OBJ:.o=.d)
