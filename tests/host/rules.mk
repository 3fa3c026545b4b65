# The host Linux, saved and started again.

.PHONY: test-host
test-host: duet toyos $(HOST_READY) ## only the tests of the host Linux that was saved
	@tests/host/run $(B)
