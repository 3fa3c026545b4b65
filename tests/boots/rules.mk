# Many boots of toyos, each with another timing.

.PHONY: test-boots
test-boots: duet toyos $(HOST_READY) ## only the boots of toyos (BOOTS=1000, SEED=N to repeat)
	@SEED='$(SEED)' tests/boots/run $(B) $(BOOTS)
