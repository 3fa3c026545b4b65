# Programs that others wrote, and images of toyos's file system, as a person makes them.

.PHONY: test-programs
NEEDS_programs = toyos
test-programs: $(NEEDS_programs) ## only the tests of PROGRAMS= and make image (CASES='a b': only these)
	$(CALLS_MAKE)@tests/programs/run '$(MAKE_PROGRAM) --no-print-directory SYSROOT=$(SYSROOT) SYSROOT_READY= SETUP_RUN=' $(B) $(CASES)
