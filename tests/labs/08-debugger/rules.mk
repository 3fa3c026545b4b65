# Lab 08: a guest with two files of duet's debugger in it.

LAB_DEBUGGER := $(B)/labs/08-debugger
LAB_DEBUGGER_OBJ := $(LAB_DEBUGGER)/duet/gdb_packet.o $(LAB_DEBUGGER)/duet/breakpoint.o
$(LAB_DEBUGGER)/duet/%.o: vmm/debug/%.c tests/labs/08-debugger/rules.mk | $(SYSROOT_READY) $(ABI_CHECKED)
	@mkdir -p $(@D)
	$(Q)$(CROSS)gcc $(CSTD) $(GUEST_CFLAGS) -Itests/labs/08-debugger/include -Itoyos/lib/include -MMD -MP -c $< -o $@

$(LAB_DEBUGGER)/guests/debugger.elf: $(LAB_DEBUGGER_OBJ) $(B)/guest/kit/string.o
-include $(LAB_DEBUGGER_OBJ:.o=.d)
