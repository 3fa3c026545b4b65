//@ why The log is written over before block 1 says for good that it may be.
//@ loses order
//@ substitute toyos/kernel/fs/journal.c
        error = journal_write_header(disk, journal.sequence, journal.head);
    return error ? error : block_flush(disk);
//@ by
        error = journal_write_header(disk, journal.sequence, journal.head);
    return error;
