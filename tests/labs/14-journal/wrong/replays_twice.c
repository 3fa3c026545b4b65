//@ why After the recovery block 1 still says that the log begins with what was done.
//@ loses recovers torn again
//@ substitute toyos/kernel/fs/recover.c
    if (found < 0 || !replayed)
//@ by
    if (found < 0 || replayed <= disk.log_blocks)
