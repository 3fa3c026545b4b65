//@ why Of a heap that shrinks only the end moves.
//@ loses heap
//@ substitute toyos/kernel/uvm/uvm.c
        uvm_unmap(uvm, end, old_end);
//@ by
        ;
