//@ why Of two arguments that are wrong, the last one says the error.
//@ loses kinds
//@ substitute vmm/call/hypercall.c
        if (!error)
            error = wrong;
//@ by
        if (wrong)
            error = wrong;
