//@ why toyos is told that there are no events, and looks for input every 10 ms.
//@ loses prompt
//@ substitute tests/labs/P1-hypervisor/hv/hc_system.c
        .features = DUET_FEATURE_EVENTS,
//@ by
        .features = 0,
