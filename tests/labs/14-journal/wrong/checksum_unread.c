//@ why A transaction counts when its commit block is there.
//@ loses torn
//@ substitute toyos/kernel/fs/recover.c
    if (sum != commit.record.checksum)
//@ by
    if (sum == 0)
