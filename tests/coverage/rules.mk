# Which lines of vmm/ the unit tests and the fuzz targets reach, on the PC.

.PHONY: coverage coverage-programs
# Not the ring in all orders: the compiler tells it of each access, those of the counters, too.
coverage-programs: $(filter-out %/test_ring_order,$(UNIT_PROGRAMS)) $(FUZZ_REPLAYS)

coverage: $(SETUP_TEST) $(SETUP_COVERAGE) $(B)/fuzz/seeds.ready ## which lines of vmm/ no unit test and no fuzz target reaches
	$(Q)$(MAKE) --no-print-directory COMPILER=clang B=$(B)/coverage COVERAGE='-fprofile-instr-generate -fcoverage-mapping' \
		SYSROOT=$(SYSROOT) SYSROOT_READY= SETUP_RUN= SETUP_TEST= coverage-programs
	@tests/coverage/run $(B)
