# Builds duet, a static riscv64 Linux program: $(B)/vmm/duet.

DUET := $(B)/vmm/duet
DUET_SRC := $(wildcard vmm/*.c vmm/*/*.c common/*.c)
DUET_OBJ := $(DUET_SRC:%.c=$(B)/duet-obj/%.o)
DUET_CPPFLAGS := -D_GNU_SOURCE -I$(B)/duet-obj
DUET_CFLAGS := -O2 -g -fno-plt -ffunction-sections -fdata-sections -fstack-protector-strong -pthread

# Functions that libraries call, and duet has its own for, named __wrap_...: vmm/static.
DUET_WRAPPED := realpath __register_frame_info __deregister_frame_info \
	ZSTD_createCCtx ZSTD_freeCCtx ZSTD_compressStream2
DUET_WRAP := $(DUET_WRAPPED:%=-Wl,--wrap=%)

.PHONY: duet
duet: $(DUET) ## build the VMM, build/vmm/duet

# The system calls' names by number, for the sandbox: a table's initializers.
SYSCALL_NAMES := $(B)/duet-obj/syscall_names.h
$(SYSCALL_NAMES): vmm/rules.mk | $(SYSROOT_READY)
	@mkdir -p $(@D)
	$(call say,NAMES,$@)
	$(Q)echo '#include <asm/unistd.h>' | $(TARGET_CC) -E -dM - | \
		sed -n '/_syscalls\|_arch_specific/d; s/^#define __NR_\([a-z0-9_]*\) .*/[__NR_\1] = "\1",/p' | \
		LC_ALL=C sort >$@

$(B)/duet-obj/%.o: %.c vmm/rules.mk Makefile | $(SYSROOT_READY) $(SYSCALL_NAMES) $(ABI_CHECKED)
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
	$(Q)$(TARGET_LD) -pthread -static -Wl,--gc-sections,--icf=all,--discard-locals $(DUET_WRAP) \
		-o $@ $(DUET_OBJ) -ldw -lelf -lz -lzstd -lfdt -luring

rooms: duet-rooms
.PHONY: duet-rooms
duet-rooms: $(DUET_OBJ)
	$(Q)scripts/check-rooms vmm/README.md $(CROSS)nm $(B)/duet-obj/vmm $(DUET_OBJ)

-include $(DUET_OBJ:.o=.d)
