# make itself: what it says, and where; its knobs.

.PHONY: test-make
test-make: duet toyos mkfs $(B)/guest/panic.elf $(HOST_READY) ## only the tests of make and its knobs
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/make/run $(B)
