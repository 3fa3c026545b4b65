/* The bytes that a machine's state is written as. */
#include "vmm/state/state_data.h"

#include <stdlib.h>
#include <string.h>

#define WORD sizeof(uint64_t)

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "words are written as they are in memory");

static size_t
padded(size_t len)
{
    return (len + WORD - 1) / WORD * WORD;
}

/* Has room for so many bytes more. False if there is none. */
static bool
room_make(struct state_writer *to, size_t need)
{
    if (need > to->room - to->len) {
        size_t room = 2 * to->room + need + 4096;
        unsigned char *larger = realloc(to->bytes, room);

        if (!larger) {
            to->failed = true;
            return false;
        }
        to->bytes = larger;
        to->room = room;
    }
    return true;
}

void
state_put_bytes(struct state_writer *to, const void *bytes, size_t len)
{
    if (len == 0 || !room_make(to, len))
        return;
    memcpy(to->bytes + to->len, bytes, len);
    to->len += len;
}

void
state_put_padded(struct state_writer *to, const void *bytes, size_t len)
{
    size_t need = padded(len);

    if (!room_make(to, need))
        return;
    memset(to->bytes + to->len + need - (need ? WORD : 0), 0, need ? WORD : 0);
    memcpy(to->bytes + to->len, bytes, len);
    to->len += need;
}

void
state_put(struct state_writer *to, uint64_t word)
{
    state_put_padded(to, &word, sizeof(word));
}

void
state_put_piece(struct state_writer *to, const void *bytes, size_t len)
{
    state_put(to, len);
    if (len)
        state_put_padded(to, bytes, len);
}

size_t
state_piece_begin(struct state_writer *to)
{
    state_put(to, 0);
    return to->len;
}

void
state_piece_end(struct state_writer *to, size_t begun)
{
    uint64_t len = to->len - begun;

    if (!to->failed)
        memcpy(to->bytes + begun - WORD, &len, sizeof(len));
}

const unsigned char *
state_get_padded(struct state_reader *from, size_t len)
{
    const unsigned char *at = from->at;
    size_t step;

    if (from->failed || len > from->left) {
        from->failed = true;
        return NULL;
    }
    step = padded(len) < from->left ? padded(len) : from->left; /* a piece ends without padding */
    from->at += step;
    from->left -= step;
    return at;
}

uint64_t
state_get(struct state_reader *from)
{
    const unsigned char *at = state_get_padded(from, WORD);
    uint64_t word = 0;

    if (at)
        memcpy(&word, at, sizeof(word));
    return word;
}

uint64_t
state_get_max(struct state_reader *from, uint64_t max)
{
    uint64_t word = state_get(from);

    if (word <= max)
        return word;
    from->failed = true;
    return 0;
}

struct state_reader
state_get_piece(struct state_reader *from)
{
    uint64_t len = state_get(from);
    const unsigned char *at = state_get_padded(from, len);

    return (struct state_reader){.at = at, .left = at ? len : 0, .failed = !at};
}

bool
state_is_read(const struct state_reader *from)
{
    return !from->failed && from->left == 0;
}

uint64_t
state_sum(uint64_t sum, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    /* Each step maps different sums to different ones, and different words, too. */
    for (size_t i = 0; i + WORD <= len; i += WORD) {
        uint64_t word;

        memcpy(&word, at + i, sizeof(word));
        sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
        sum ^= sum >> 29;
    }
    return sum;
}
