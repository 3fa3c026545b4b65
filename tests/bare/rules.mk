# toyos without duet.

.PHONY: test-bare
test-bare: toyos $(TOYOS_DEBUG) | $(SETUP_RUN) ## only the tests of toyos on OpenSBI alone
	@tests/bare/run $(B)
