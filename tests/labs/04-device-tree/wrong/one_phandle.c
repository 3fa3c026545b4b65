//@ why All interrupt controllers have the same phandle.
//@ loses interrupts
//@ substitute vmm/boot/device_tree.c "phandle", PHANDLE_INTC + id => "phandle", PHANDLE_INTC
