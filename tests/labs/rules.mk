# The labs' guests: programs that run on the student's duet, or on whose duet a student's toyos runs.

include $(wildcard tests/labs/*/rules.mk)

LAB_GUEST_SRC := $(wildcard tests/labs/guests/*.c tests/labs/*/guests/*.c)
LAB_GUEST_ELF := $(LAB_GUEST_SRC:tests/labs/%.c=$(B)/labs/%.elf)

$(B)/labs/%.o: tests/labs/%.c tests/labs/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(call say,GUEST,$<)
	$(Q)$(CROSS)gcc $(CSTD) -I$(GUEST_DIR) $(GUEST_CFLAGS) -MMD -MP -c $< -o $@

$(B)/labs/%.elf: $(B)/labs/%.o $(GUEST_KIT)
	$(Q)$(CROSS)gcc $(GUEST_LDFLAGS) $(filter %.o,$^) -o $@

.SECONDARY: $(LAB_GUEST_ELF:.elf=.o)
-include $(LAB_GUEST_ELF:.elf=.d)

.PHONY: lab-guests
lab-guests: $(LAB_GUEST_ELF)

# In a lab's own folder the grader runs what was built before the student began; elsewhere, what is built here.
LAB_REFERENCE := $(if $(wildcard .lab),,duet toyos mkfs lab-guests)
LAB_OPTIONS = $(call option,--lab,LAB) $(call option,--test,TEST) $(call option,--seed,SEED) $(call option,--handin,HANDIN)

.PHONY: labs lab grade grade-class gradescope handin test-labs
labs: ## list the labs
	@scripts/lab list

lab: duet toyos mkfs hv lab-guests $(HOST_READY) $(HOST_DEBIAN_READY) ## start a lab in a folder of its own: LAB=01
	@scripts/lab start $(LAB)

grade: $(LAB_REFERENCE) $(HOST_DEBIAN_READY) $(SETUP_GRADE) ## grade a lab: LAB=01, TEST=NAME for one check, SEED=N to repeat
	@scripts/grade $(LAB_OPTIONS)

handin: ## make the archive of a lab's files to hand in: LAB=01
	@scripts/lab handin $(LAB)

grade-class: duet toyos mkfs hv lab-guests $(HOST_DEBIAN_READY) $(SETUP_GRADE) $(SETUP_GRADE_CLASS) ## grade all hand-ins in a folder: HANDINS=FOLDER LAB=01
	@scripts/grade-class '$(HANDINS)' --lab '$(LAB)'

gradescope: ## make an autograder for Gradescope, a zip: LAB=01
	@mkdir -p $(B)
	@scripts/lab gradescope $(LAB)

NEEDS_labs = duet toyos mkfs hv lab-guests $(HOST_READY) $(HOST_DEBIAN_READY) $(SETUP_GRADE) $(SETUP_GRADE_CLASS)
test-labs: $(NEEDS_labs) ## prove the labs and their graders: starters, solutions, wrong solutions, attacks
	@ROUNDS='$(ROUNDS)' LOAD='$(LOAD)' tests/labs/run $(B) $(CASES)
