# Set-up, fetching and `make doctor`, on systems that are faked; and the doctor on this one.

.PHONY: test-setup
NEEDS_setup = duet toyos $(HOST_READY)
test-setup: $(NEEDS_setup) ## only the tests of set-up, fetching and `make doctor`
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/setup/run $(B) $(CASES)
