//@ why When memory is out, the kernel gives up.
//@ loses full
//@ substitute toyos/kernel/uvm/uvm.c
        return uvm_map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, allowed) ? 0 : -ENOMEM;
//@ by
        return uvm_map_zeros(uvm, va & -(uint64_t)PAGE_SIZE, allowed) ? 0 : *(volatile int *)NULL;
