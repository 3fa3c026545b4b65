# The trace in JSON, read with a parser on the PC.

.PHONY: test-trace
NEEDS_trace = duet toyos $(GUEST_ELF) $(HOST_READY)
test-trace: $(NEEDS_trace) ## only the tests of the trace in JSON
	@tests/trace/run $(B)
