# The tests. `make test` is all but the long ones, in some five minutes; CI runs those, too, and checks the
# sources' form and the instruction counts.

include tests/setup/rules.mk
include tests/unit/rules.mk
include tests/fuzz/rules.mk
include tests/coverage/rules.mk
include tests/abi/rules.mk
include tests/host/rules.mk
include tests/make/rules.mk
include tests/install/rules.mk
include tests/guest/rules.mk
include tests/asan/rules.mk
include tests/gdb/rules.mk
include tests/model/rules.mk
include tests/prove/rules.mk
include tests/bare/rules.mk
include tests/programs/rules.mk
include tests/disk/rules.mk
include tests/trace/rules.mk
include tests/boots/rules.mk
include tests/soak/rules.mk
include tests/terminal/rules.mk
include tests/readme/rules.mk
include tests/bench/rules.mk
include tests/labs/rules.mk

# What is `long` runs in CI and in test-full only, and where it is asked for by name: see tests/README.md.
export DUET_TEST_LONG := $(if $(filter true,$(CI))$(DUET_TEST_FULL)$(DUET_TEST_LONG),1)

# REPOSITORY_SUITES look at what a change of the repository can break, not another machine: CI and test-full run them.
# tests/run begins them in this order, three at a time: the longest first.
REPOSITORY_SUITES := labs readme install setup
TEST_SUITES := guest abi unit $(if $(filter true,$(CI)),$(REPOSITORY_SUITES) lint bench) \
	host disk terminal bare programs prove gdb boots trace make model fuzz
FULL_SUITES := other-cpu asan soak # in test-full only
ifeq ($(NATIVE),yes)
TEST_SUITES := $(filter-out $(QEMUS_SUITES) prove,$(TEST_SUITES)) # CBMC is fetched for other PCs
REPOSITORY_SUITES := $(filter-out $(QEMUS_SUITES),$(REPOSITORY_SUITES))
FULL_SUITES := $(filter-out $(QEMUS_SUITES),$(FULL_SUITES))
endif

# What the suites need is installed before the first, and at once: else each would say what is missing.
TEST_GROUPS := run test gdb tags $(if $(filter true,$(CI)),lint grade grade-class)

.PHONY: test test-full test-lint test-needs
test: ## all tests; ends with "N passed, N failed"
	@SETUP='$(SETUP)' scripts/setup $(TEST_GROUPS)
	@$(if $(NATIVE),echo "without QEMU there are no suites $(QEMUS_SUITES)")
	$(CALLS_MAKE)@MAKE='$(MAKE_PROGRAM)' tests/run $(B) $(TEST_SUITES)

test-full: ## the same at full length: all power cuts, all bit flips, a soak of ten minutes; and with sanitizers, and on another processor
	@SETUP='$(SETUP)' scripts/setup $(TEST_GROUPS) fuzz grade grade-class slurm
	$(CALLS_MAKE)@DUET_TEST_FULL=1 MAKE='$(MAKE_PROGRAM)' tests/run $(B) $(TEST_SUITES) \
		$(filter-out $(TEST_SUITES),$(REPOSITORY_SUITES)) $(FULL_SUITES)

# What the SUITES need, which tests/run has built before it begins with them: NEEDS_SUITE.
test-needs: $(foreach suite,$(SUITES),$(NEEDS_$(suite)))

NEEDS_lint = $(SETUP_LINT) $(SYSROOT_READY) $(SYSCALL_NAMES)
test-lint: $(NEEDS_lint)
	@mkdir -p $(B)/test
	@echo "0 1" >$(B)/test/lint.count
	@$(MAKE) --no-print-directory lint
	@echo "1 0" >$(B)/test/lint.count
