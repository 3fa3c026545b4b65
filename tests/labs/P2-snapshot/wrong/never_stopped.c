//@ why All harts are saved as if they ran.
//@ loses head harts
//@ substitute vmm/state/hart.c state_put(to, state.mp_state == KVM_MP_STATE_STOPPED); => state_put(to, 0);
