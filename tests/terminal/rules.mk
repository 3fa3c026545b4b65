# What a person at a terminal sees.

.PHONY: test-terminal
NEEDS_terminal = duet toyos $(B)/guest/size.elf $(B)/guest/spin.elf $(HOST_READY)
test-terminal: $(NEEDS_terminal) ## only the tests at a terminal
	@tests/terminal/run $(B) $(if $(NATIVE),keys shell stop)
