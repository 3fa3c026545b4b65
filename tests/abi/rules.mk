# The promise of the ABI: adding a hypercall is two edits, and mistakes are caught.

.PHONY: test-abi
test-abi: duet | $(SETUP_TEST) ## only the tests that extend the ABI in a copy of the tree
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/abi/extend $(B) $(SYSROOT)
