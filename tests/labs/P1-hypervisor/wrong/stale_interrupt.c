//@ why The guest's interrupt stays on after it has read its input.
//@ loses events
//@ substitute tests/labs/P1-hypervisor/hv/console.c
    events_update();
//@ by
