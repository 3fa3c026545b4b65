//@ why A software interrupt that is pending is set in sip alone, which KVM does not look at when a hart is about to sleep.
//@ loses harts
//@ substitute vmm/state/hart.c !hart->stopped && timer[id].sip & SIP_SSIP && => !hart->stopped && id >= CPUS_MAX &&
