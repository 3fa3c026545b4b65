# The host Linux, saved and started again.

.PHONY: test-host
NEEDS_host = duet toyos $(HOST_READY) $(B)/host/send-here
$(B)/host/send-here: scripts/host-send.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILER) $(CSTD) -D_GNU_SOURCE -O2 -o $@ $<

test-host: $(NEEDS_host) ## only the tests of the host Linux that was saved
	@tests/host/run $(B)
