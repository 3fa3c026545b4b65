# What a person installs: duet, its manual and completions, the archive of a release; what editors are given.

.PHONY: test-install
NEEDS_install = duet toyos mkfs $(B)/guest/access_no_handler.elf $(HOST_READY) $(SETUP_TEST) $(SETUP_TAGS)
test-install: $(NEEDS_install) ## only the tests of what is installed, and of what editors get
	@tests/install/run $(B) $(CASES)
