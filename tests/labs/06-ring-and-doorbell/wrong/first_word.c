//@ why Only the first word of an entry is copied.
//@ loses entries
//@ substitute common/ring.c
    const uint64_t *from = entry;

    for (uint32_t i = 0; i < end->words; i++)
//@ by
    const uint64_t *from = entry;

    for (uint32_t i = 0; i < 1; i++)
