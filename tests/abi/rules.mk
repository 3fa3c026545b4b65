# The promise of the ABI: adding a hypercall is two edits, and mistakes are caught.

# A duet with more hypercalls and a device, and guests that use them, made in a copy of the tree.
EXTENDED := $(B)/extended/made
$(EXTENDED): $(DUET) $(B)/guest/hello.elf $(wildcard tests/abi/*.c) tests/abi/extend tests/abi/lib.sh | $(SETUP_TEST)
	$(call say,EXTEND,$(@D))
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/abi/extend $(B) $(SYSROOT)
	@touch $@

.PHONY: test-abi
NEEDS_abi = $(EXTENDED) $(SETUP_TEST)
test-abi: $(NEEDS_abi) ## only the tests that extend the ABI in a copy of the tree
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/abi/refuse $(B) $(SYSROOT)
