//@ why The checksum is not looked at.
//@ loses damaged
//@ substitute vmm/debug/gdb_packet.c return receiver->bad || receiver->sum != receiver->sum_sent ? => return receiver->bad ?
