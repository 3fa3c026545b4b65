//@ why What is allowed is not compared with what is tried.
//@ loses bounds
//@ substitute toyos/kernel/uvm/uvm.c
        if (!(allowed & access))
//@ by
        if (!allowed)
