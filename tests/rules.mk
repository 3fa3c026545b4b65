# The tests. `make test` is all of them, in under five minutes.

-include tests/unit/rules.mk
include tests/guest/rules.mk
include tests/abi/rules.mk
include tests/bench/rules.mk

TEST_SUITES := abi unit guest

.PHONY: test
test: ## all tests; ends with "N passed, N failed"
	@MAKE='$(MAKE)' tests/run $(B) $(TEST_SUITES)
