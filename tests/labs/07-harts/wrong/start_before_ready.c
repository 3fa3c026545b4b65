//@ why A hart is started before its stack and number are there; whether it runs before they come is chance.
//@ loses ready
//@ may_lose start interrupts fences only
//@ substitute toyos/kernel/boot/main.c
        hart->id = machine.hart_id[i];
        hart->stack_top = kernel_map_stack();
        hart_count++;
        const uint64_t arg[6] = {hart->id, kva_to_pa(hart_entry), (uint64_t)hart};
        struct duet_ret ret = sbi_call(SBI_HSM, SBI_HSM_START, arg);
//@ by
        const uint64_t arg[6] = {machine.hart_id[i], kva_to_pa(hart_entry), (uint64_t)hart};
        struct duet_ret ret = sbi_call(SBI_HSM, SBI_HSM_START, arg);
        hart->id = machine.hart_id[i];
        hart->stack_top = kernel_map_stack();
        hart_count++;
