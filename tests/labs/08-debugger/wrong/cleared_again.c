//@ why A breakpoint that was removed is planted again.
//@ loses reused
//@ substitute vmm/debug/breakpoint.c is_same[i] = breakpoint_is_set(points, plant->gva) && => is_same[i] =
