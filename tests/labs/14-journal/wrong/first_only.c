//@ why Of the transactions in the log the first one is done.
//@ loses recovers torn again
//@ substitute toyos/kernel/fs/recover.c
    while ((found = read_transaction(*start, *sequence)) > 0) {
//@ by
    while (!replayed && (found = read_transaction(*start, *sequence)) > 0) {
