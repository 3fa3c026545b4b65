# make itself: what it says, and where; its knobs.

.PHONY: test-make
NEEDS_make = duet toyos mkfs $(B)/guest/panic.elf $(HOST_READY)
test-make: $(NEEDS_make) ## only the tests of make and its knobs
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/make/run $(B)
