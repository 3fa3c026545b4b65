# For editors: how each file is compiled, and where each name is defined.

.PHONY: compile-commands tags
# In build/, where clangd looks by itself.
compile-commands: $(SYSROOT_READY) $(SYSCALL_NAMES) ## build/compile_commands.json, for clangd and clang-tidy
	$(call say,JSON,$(B)/compile_commands.json)
	$(Q)$(MAKE) --no-print-directory --dry-run --always-make V= SETUP=skip duet toyos $(TOYOS_DEBUG) mkfs hv \
		$(UNIT_PROGRAMS) $(GUEST_ELF) $(LAB_GUEST_ELF) | scripts/editor/compile-commands >$(B)/compile_commands.json

tags: | $(SETUP_TAGS) ## tags, where each name is defined, for vi, Emacs and others
	$(call say,TAGS,$@)
	$(Q)ctags --languages=C,Asm,Python,Sh --kinds-C=+p-p --recurse --exclude=tests/labs abi common vmm toyos scripts tests
