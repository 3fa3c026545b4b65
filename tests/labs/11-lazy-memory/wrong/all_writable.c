//@ why Every page that comes by a fault may be written to.
//@ loses areas
//@ substitute toyos/kernel/uvm/uvm.c
        return uvm_map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, allowed) ? 0 : -ENOMEM;
//@ by
        return uvm_map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, allowed | PTE_W) ? 0 : -ENOMEM;
