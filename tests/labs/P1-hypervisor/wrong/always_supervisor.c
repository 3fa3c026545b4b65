//@ why A trap that is given to the guest says that it came from S-mode.
//@ loses virtual
//@ substitute tests/labs/P1-hypervisor/hv/vcpu.c
    uint64_t from_supervisor = vcpu->sstatus & SSTATUS_SPP;
//@ by
    uint64_t from_supervisor = SSTATUS_SPP;
