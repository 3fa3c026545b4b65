//@ why The clock begins anew.
//@ loses timer
//@ substitute vmm/state/hart.c if (reg_set(vm->vcpu[0].fd, REG_TIMER(time), timer[0].time)) => if (!timer[0].time)
