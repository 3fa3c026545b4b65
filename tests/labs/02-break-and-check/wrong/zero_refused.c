//@ why A buffer of 0 bytes has to be in RAM as well.
//@ loses kinds
//@ substitute vmm/call/hypercall.c arg[i].len ? guest_mem_slice(mem, arg[i].value, arg[i].len) : empty => arg[i].len || !empty[0] ? guest_mem_slice(mem, arg[i].value, arg[i].len) : empty
