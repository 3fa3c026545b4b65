# Proofs of properties, by CBMC: see tests/prove/README.md.

CBMC_READY := $(B)/cbmc.ready

# The target's compiler reads the sources for CBMC; the PC's makes unit tests of counterexamples. Those have the
# target's <asm/...>, where KVM's registers are.
PROVE_ASM := $(B)/prove/include/asm
PROVE_ENV = TARGET_CC='$(CROSS)gcc --sysroot=$(SYSROOT) -isystem $(SYSROOT)/usr/include/$(TARGET) \
	-isystem $(SYSROOT)/usr/include -iquote toyos/include -std=c17 -D_GNU_SOURCE' \
	CC='$(COMPILER) -std=c17 -isystem $(B)/prove/include $(UNIT_CFLAGS)'

NEEDS_prove = $(CBMC_READY) $(PROVE_ASM)

.PHONY: prove prove-mutants test-prove
prove: $(NEEDS_prove) ## prove properties of the sources for every input (CASES='ring': of these)
	@$(PROVE_ENV) tests/prove/run $(B) --full $(CASES)

prove-mutants: $(NEEDS_prove) ## see each proof refuse a mistake that is put into the code (CASES='ring')
	@$(PROVE_ENV) tests/prove/run $(B) --mutants $(CASES)

test-prove: $(NEEDS_prove) ## the quick proofs; in CI the long ones, at full length all, and that each refuses a mistake
	@$(PROVE_ENV) tests/prove/run $(B) $(if $(DUET_TEST_FULL),--full --mutants,$(if $(DUET_TEST_LONG),--long)) $(CASES)

$(PROVE_ASM): | $(SYSROOT_READY) $(SETUP_TEST)
	@mkdir -p $(@D)
	@ln -sfn $(abspath $(SYSROOT)/usr/include/$(TARGET)/asm) $@
