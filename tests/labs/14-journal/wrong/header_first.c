//@ why Block 1 says that the log is empty before the blocks are home.
//@ loses cuts order again
//@ substitute toyos/kernel/fs/journal.c
    error = block_batch_wait(&batch);
    if (!error)
        error = block_flush(disk);
    if (!error)
        error = journal_write_header(disk, journal.sequence, journal.head);
//@ by
    error = journal_write_header(disk, journal.sequence, journal.head);
    if (!error)
        error = block_batch_wait(&batch);
