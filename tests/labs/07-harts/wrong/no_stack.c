//@ why A hart is started before it has a stack, and gets none.
//@ loses start ready fences interrupts only
//@ substitute toyos/kernel/boot/main.c
        hart->stack_top = kernel_map_stack();
        hart_count++;
//@ by
        hart_count++;
