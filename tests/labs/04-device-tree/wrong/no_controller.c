//@ why interrupts-extended has the interrupt, and not whose it is.
//@ loses interrupts
//@ substitute vmm/boot/device_tree.c interrupts-extended", irq, sizeof(irq) => interrupts-extended", irq + 1, 4
