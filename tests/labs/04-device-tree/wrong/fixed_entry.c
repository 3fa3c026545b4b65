//@ why The guest is entered where most kernels are linked to, whatever its file says.
//@ loses entry
//@ substitute vmm/machine/vm.c reg_set(fd, REG_GUEST_PC, vm->image->entry) => reg_set(fd, REG_GUEST_PC, 0x80200000)
