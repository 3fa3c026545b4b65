//@ why A hart is started before it has a stack.
//@ loses ready
//@ substitute toyos/kernel/boot/main.c
        hart->stack_top = kernel_map_stack();
        hart_count++;
//@ by
        hart_count++;
//@ substitute toyos/kernel/boot/main.c
        if (ret.error)
//@ by
        hart->stack_top = kernel_map_stack();
        if (ret.error)
