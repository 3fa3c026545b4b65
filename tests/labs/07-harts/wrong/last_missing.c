//@ why The last hart is not started.
//@ loses start ready interrupts only
//@ substitute toyos/kernel/boot/main.c i < machine.hart_count; => i < machine.hart_count - 1;
