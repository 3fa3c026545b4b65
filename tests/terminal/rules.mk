# What a person at a terminal sees.

.PHONY: test-terminal
test-terminal: duet toyos $(B)/guest/size.elf $(HOST_READY) ## only the tests at a terminal
	@tests/terminal/run $(B) $(if $(NATIVE),keys shell stop)
