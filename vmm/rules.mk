# Builds duet, a static riscv64 Linux program: $(B)/vmm/duet.

DUET := $(B)/vmm/duet
DUET_SRC := $(wildcard vmm/*.c) $(wildcard common/*.c)
DUET_OBJ := $(DUET_SRC:%.c=$(B)/duet-obj/%.o)
DUET_CPPFLAGS := -D_GNU_SOURCE
DUET_CFLAGS := -O2 -g -fno-plt -fstack-protector-strong -pthread

.PHONY: duet
duet: $(DUET) ## build the VMM, build/vmm/duet

$(B)/duet-obj/%.o: %.c vmm/rules.mk Makefile | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(TARGET_CC) $(CSTD) $(DUET_CPPFLAGS) $(DUET_CFLAGS) -MMD -MP -c $< -o $@

# Rewritten when a file comes or goes, so that duet is linked again.
DUET_LIST := $(B)/duet-obj/list
ifneq ($(file <$(DUET_LIST)),$(DUET_OBJ))
$(shell mkdir -p $(dir $(DUET_LIST)))
$(file >$(DUET_LIST),$(DUET_OBJ))
endif

$(DUET): $(DUET_OBJ) $(DUET_LIST)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(TARGET_LD) -pthread -static -Wl,--discard-locals -o $@ $(DUET_OBJ) -lelf -lz -lzstd -lfdt -luring

-include $(DUET_OBJ:.o=.d)
