//@ why The floating point registers are not saved.
//@ loses registers
//@ substitute vmm/state/hart.c if (!snapshot_reg_is_state(id)) => if (!snapshot_reg_is_state(id) || is_type(id, KVM_REG_RISCV_FP_D))
