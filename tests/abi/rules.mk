# The promise of the ABI: adding a hypercall is two edits, and mistakes are caught.

.PHONY: test-abi
NEEDS_abi = duet $(SETUP_TEST)
test-abi: $(NEEDS_abi) ## only the tests that extend the ABI in a copy of the tree
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/abi/extend $(B) $(SYSROOT)
