# The commands of the READMEs, run as they stand there.

.PHONY: test-readme
NEEDS_readme = duet toyos $(B)/guest/hello.elf $(HOST_READY)
test-readme: $(NEEDS_readme) ## only the commands of the READMEs (CASES='GUEST': those with this text)
	@tests/readme/run $(B) $(CASES)
