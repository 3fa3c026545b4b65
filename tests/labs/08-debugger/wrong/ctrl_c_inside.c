//@ why A Ctrl-C is one, in a packet as well.
//@ loses packets damaged
//@ substitute vmm/debug/gdb_packet.c
    switch (receiver->state) {
    case GDB_IDLE:
//@ by
    if (byte == CTRL_C)
        return GDB_INPUT_INTERRUPT;
    switch (receiver->state) {
    case GDB_IDLE:
