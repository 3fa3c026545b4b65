//@ why The checksum is that of the contents without their escapes.
//@ loses packets damaged
//@ substitute vmm/debug/gdb_packet.c
        receiver->sum = (uint8_t)(receiver->sum + byte);
        if (byte == ESCAPE)
//@ by
        receiver->sum = (uint8_t)(receiver->sum + (byte == ESCAPE ? 0 : byte));
        if (byte == ESCAPE)
