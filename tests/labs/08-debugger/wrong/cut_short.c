//@ why Of a packet that is too long, as much is taken as fits.
//@ loses damaged
//@ substitute vmm/debug/gdb_packet.c
    else
        receiver->bad = true;
//@ by
