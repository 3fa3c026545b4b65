# What is wrong with the hypercall table, its handlers or a shared struct is said before anything is compiled.

ABI_CHECKED := $(B)/abi.checked
ABI_HANDLERS := $(wildcard vmm/*/*.c)
$(ABI_CHECKED): abi/check.py abi/abi.list $(wildcard abi/*.h) $(ABI_HANDLERS) | $(SETUP_RUN)
	@mkdir -p $(@D)
	@python3 abi/check.py $(ABI_HANDLERS)
	@touch $@
