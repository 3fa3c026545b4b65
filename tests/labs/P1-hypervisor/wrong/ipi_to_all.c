//@ why A mask of harts that means all is taken for none.
//@ loses firmware
//@ substitute tests/labs/P1-hypervisor/hv/sbi.c
    *mine = base == UINT64_MAX || (base == 0 && harts & 1);
//@ by
    *mine = base == 0 && harts & 1;
