//@ why All harts have to fence: the base of the mask says so, and the mask is ignored.
//@ loses only
//@ substitute toyos/kernel/base/hart.c {mask, 0, 0, UINT64_MAX} => {mask, UINT64_MAX, 0, UINT64_MAX}
