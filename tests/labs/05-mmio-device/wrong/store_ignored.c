//@ why A store to what can only be read is ignored.
//@ loses refused
//@ from solution
//@ substitute vmm/device/adder.c
        adder->count = 0;
        return true;
    }
    return false;
//@ by
        adder->count = 0;
        return true;
    }
    return access->offset != ADD + 1;
