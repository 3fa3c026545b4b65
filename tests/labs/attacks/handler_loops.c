//@ why The handler of the hypercall does not return.
//@ loses scrambles
//@ ends timed out
//@ substitute vmm/call/hc_scramble.c (void)vcpu; => for (volatile unsigned again = 1; again;)\n        (void)vcpu;
