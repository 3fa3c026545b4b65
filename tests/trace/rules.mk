# The trace in JSON, read with a parser on the PC.

.PHONY: test-trace
test-trace: duet toyos $(GUEST_ELF) $(HOST_READY) ## only the tests of the trace in JSON
	@tests/trace/run $(B)
