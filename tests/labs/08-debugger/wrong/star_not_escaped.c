//@ why A star is sent as it is, which begins a run.
//@ loses frames
//@ substitute vmm/debug/gdb_packet.c if (c == '#' || c == '$' || c == ESCAPE || c == '*') { => if (c == '#' || c == '$' || c == ESCAPE) {
