# The debugger's tests: gdb scripts that are run on guests in the host Linux.

.PHONY: test-gdb
NEEDS_gdb = duet toyos $(GUEST_ELF) $(HOST_READY) $(GDBSERVER_READY) $(SETUP_GDB)
test-gdb: $(NEEDS_gdb) ## only the debugger's tests (CASES='a b': only these)
	@tests/gdb/run $(B) $(CASES)
