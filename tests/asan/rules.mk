# duet with AddressSanitizer and UndefinedBehaviorSanitizer, and with canaries beside the guest's RAM, to
# run the guest tests with: see tests/asan/README.md.

# clang: before GCC 13, GCC has the shadow memory elsewhere than Debian 13's library, which is part of the
# sysroot. What duet is linked with otherwise stays static.
ASAN_CC := clang --target=$(TARGET) --sysroot=$(SYSROOT) -isystem $(SYSROOT)/usr/include/$(TARGET) \
	-isystem $(SYSROOT)/usr/include
ASAN_FLAGS := -O1 -g -fno-omit-frame-pointer -ffunction-sections -fdata-sections -pthread -fsanitize=address,undefined -fno-sanitize-recover=all
ASAN_WRAP := -Wl,--gc-sections,--discard-locals,--wrap=realpath,--wrap=mmap,--wrap=munmap
ASAN_LIBS := -l:libdw.a -l:libelf.a -l:libz.a -l:libzstd.a -l:libfdt.a -l:liburing.a \
	-nodefaultlibs -l:libasan.so.8 -l:libubsan.so.1 -l:libm.so.6 -l:libc.so.6 -l:libc_nonshared.a \
	-l:ld-linux-riscv64-lp64d.so.1 -lgcc -l:libgcc_s.so.1

ASAN_SRC := $(DUET_SRC) tests/asan/canary.c
ASAN_OBJ := $(ASAN_SRC:%.c=$(B)/asan/obj/%.o)

$(B)/asan/obj/%.o: %.c tests/asan/rules.mk Makefile | $(SYSROOT_READY) $(SYSCALL_NAMES) $(SETUP_FUZZ)
	@mkdir -p $(@D)
	$(call say,CC,$< (asan))
	$(Q)$(ASAN_CC) $(CSTD) $(DUET_CPPFLAGS) $(ASAN_FLAGS) -MMD -MP -c $< -o $@

$(B)/asan/duet: $(ASAN_OBJ)
	$(call say,LINK,$@)
	$(Q)$(TARGET_LD) -pthread $(ASAN_WRAP) -o $@ $(ASAN_OBJ) $(ASAN_LIBS)

-include $(ASAN_OBJ:.o=.d)

.PHONY: test-asan
NEEDS_asan = $(B)/asan/duet $(filter-out duet,$(NEEDS_guest))
test-asan: $(NEEDS_asan) ## the guest tests with sanitizers in duet (CASES='a b': only these)
	@SEED='$(SEED)' tests/asan/run $(B) $(CASES)
