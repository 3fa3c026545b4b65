# The host Linux, saved and started again.

.PHONY: test-host
NEEDS_host = duet toyos $(HOST_READY)
test-host: $(NEEDS_host) ## only the tests of the host Linux that was saved
	@tests/host/run $(B)
