# toyos without duet: on OpenSBI alone, and on the hypervisor of lab P1.

.PHONY: test-bare
NEEDS_bare = toyos $(TOYOS_DEBUG) hv $(B)/guest/sbi_conformance.elf $(SETUP_RUN) $(SETUP_GDB)
test-bare: $(NEEDS_bare) ## only the tests of toyos on OpenSBI alone, and on the hypervisor of lab P1
	@tests/bare/run $(B)
