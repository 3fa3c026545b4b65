//@ why A hart has its number only after it was started.
//@ loses ready
//@ substitute toyos/kernel/boot/main.c
        hart->id = machine.hart_id[i];
        hart->stack_top = kernel_map_stack();
        hart_count++;
        const uint64_t arg[6] = {hart->id, kva_to_pa(hart_entry), (uint64_t)hart};
        struct duet_ret ret = sbi_call(SBI_HSM, SBI_HSM_START, arg);
//@ by
        hart->stack_top = kernel_map_stack();
        hart_count++;
        const uint64_t arg[6] = {machine.hart_id[i], kva_to_pa(hart_entry), (uint64_t)hart};
        struct duet_ret ret = sbi_call(SBI_HSM, SBI_HSM_START, arg);
        hart->id = machine.hart_id[i];
