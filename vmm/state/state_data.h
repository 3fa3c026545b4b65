/*
 * The bytes that a machine's state is written as: words of 8 bytes, little-endian, and pieces of
 * bytes with their length, padded with zeroes to whole words. A reader that meets the end, or
 * something that cannot be, fails from then on and returns zeroes, so that only the end has to be
 * checked.
 */
#ifndef DUET_VMM_STATE_DATA_H
#define DUET_VMM_STATE_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct state_writer {
    unsigned char *bytes; /* on the heap */
    size_t len, room;
    bool failed; /* there was no memory */
};

struct state_reader {
    const unsigned char *at;
    size_t left;
    bool failed;
};

/* Writes a word. */
void state_put(struct state_writer *to, uint64_t word);

/* The bytes as they are; padded; and padded behind their length. */
void state_put_bytes(struct state_writer *to, const void *bytes, size_t len);
void state_put_padded(struct state_writer *to, const void *bytes, size_t len);
void state_put_piece(struct state_writer *to, const void *bytes, size_t len);

/* A piece whose length is not known yet: what is put between the two is in it. */
size_t state_piece_begin(struct state_writer *to);
void state_piece_end(struct state_writer *to, size_t begun);

/* Reads a word. */
uint64_t state_get(struct state_reader *from);

/* A word that is `max` at most; fails if it is more. */
uint64_t state_get_max(struct state_reader *from, uint64_t max);

/* `len` bytes and their padding, in place; NULL if they are not there. */
const unsigned char *state_get_padded(struct state_reader *from, size_t len);

/* A piece, as a reader of its own. */
struct state_reader state_get_piece(struct state_reader *from);

/* Whether all was read, and nothing failed. */
bool state_is_read(const struct state_reader *from);

/* A sum over `len` bytes, a multiple of 8. One word that changes changes the sum. It is against
 * accidents, not against an adversary. */
uint64_t state_sum(uint64_t sum, const void *bytes, size_t len);
#define STATE_SUM_NONE 0xcbf29ce484222325ULL

#endif
