//@ why A new page has what was in it before.
//@ loses heap areas
//@ substitute toyos/kernel/uvm/uvm.c
        return uvm_map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, allowed) ? 0 : -ENOMEM;
//@ by
        return uvm_map(uvm, va & -(uint64_t)PAGE_SIZE, allowed) ? 0 : -ENOMEM;
