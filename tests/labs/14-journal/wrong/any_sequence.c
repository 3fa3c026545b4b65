//@ why A transaction counts whatever its number is.
//@ loses torn
//@ substitute toyos/kernel/fs/recover.c
           record->sequence == sequence && record->count != 0 &&
//@ by
           (record->sequence == sequence || sequence) && record->count != 0 &&
