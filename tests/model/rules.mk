# Models of what several threads do to each other.

.PHONY: test-model
NEEDS_model = $(SETUP_TEST)
test-model: $(NEEDS_model) ## only the models of threads, checked in all orders of steps by spin (CASES='kick journal')
	@tests/model/run $(B) $(CASES)
