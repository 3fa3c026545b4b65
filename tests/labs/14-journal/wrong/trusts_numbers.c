//@ why A transaction may have any block written.
//@ loses hostile
//@ substitute toyos/kernel/fs/recover.c
        if (descriptor.block[i] < disk.first_home || descriptor.block[i] >= disk.log) {
//@ by
        if (descriptor.block[i] == UINT32_MAX) {
