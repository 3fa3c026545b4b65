# A long run with all kinds of traffic at once.

.PHONY: test-soak
NEEDS_soak = duet $(B)/guest/soak.elf $(HOST_READY)
test-soak: $(NEEDS_soak) ## only the soak: 8 vCPUs on 2 processors (SECONDS=600)
	@tests/soak/run $(B) $(SECONDS)
