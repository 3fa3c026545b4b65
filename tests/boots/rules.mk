# Many boots of toyos, each with another timing.

.PHONY: test-boots
NEEDS_boots = duet toyos $(HOST_READY)
test-boots: $(NEEDS_boots) ## only the boots of toyos (BOOTS=1000, SEED=N to repeat)
	@SEED='$(SEED)' tests/boots/run $(B) $(BOOTS)
