//@ why The transaction is written, and not flushed.
//@ loses commit cuts order again
//@ substitute toyos/kernel/fs/journal.c
    start_write(&batch, &last, log_block(n), &commit);
    error = block_batch_wait(&batch);
    return error ? error : block_flush(disk);
//@ by
    start_write(&batch, &last, log_block(n), &commit);
    error = block_batch_wait(&batch);
    return error;
