//@ why An instruction that the guest may not use is skipped.
//@ loses virtual
//@ substitute tests/labs/P1-hypervisor/hv/exit.c
        vcpu_trap(vcpu, CAUSE_ILLEGAL, vcpu->stval);
//@ by
        vcpu->pc += 4;
