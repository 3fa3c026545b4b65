//@ why A machine that has been up for an hour (in ticks of 100 ns): one that begins anew elsewhere cannot reach its time.
//@ substitute vmm/machine/vcpu.c if (reg_set(vcpu->fd, REG_CSR(sstatus), SSTATUS_UXL_64)) => if (reg_set(vcpu->fd, REG_TIMER(time), 36000000000) ||\n        reg_set(vcpu->fd, REG_CSR(sstatus), SSTATUS_UXL_64))
