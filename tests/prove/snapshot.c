/*
 * The file that a machine is saved in: bytes of any contents. What is taken of it lies in what was
 * left of it, from any place on: with that, all pieces of a file of any size are in it.
 *
 * Bounds: 32 bytes, of which any number is left.
 */
#include "tests/prove/prove.h"

#include <stdlib.h>

#include "vmm/state/snapshot.h"

/* with: vmm/state/snapshot.c vmm/state/state_data.c tests/prove/log.c */

/* A reader in the middle of its life, in memory that ends where what is left does. */
static struct state_reader
any_reader(void)
{
    static unsigned char *memory;
    size_t bytes = prove_below("bytes", 33), at = prove_below("at", 33);

    memory = malloc(bytes);
    prove_assume(memory && at <= bytes);
    for (size_t i = 0; i < 32; i++) {
        unsigned char byte = (unsigned char)prove_below("byte", 256);

        if (i < bytes)
            memory[i] = byte;
    }
    return (struct state_reader){
        .at = memory + at, .left = bytes - at, .failed = prove_bool("failed before")};
}

/* Whether `len` bytes are in what was left. */
static bool
is_in(const struct state_reader *before, const unsigned char *at, size_t len)
{
    size_t offset = (size_t)(at - before->at);

    return offset <= before->left && len <= before->left - offset;
}

PROVE(state_piece, 34, FULL)
{
    struct state_reader from = any_reader(), before = from, piece = state_get_piece(&from);

    prove_check(is_in(&before, from.at, from.left), "what is left is of what was");
    prove_check(from.failed || !before.failed, "a reader that failed stays so");
    prove_check(piece.failed == from.failed, "a piece that is not there has failed");
    if (!piece.failed)
        prove_check(is_in(&before, piece.at, piece.left) && piece.at + piece.left <= from.at,
                    "a piece is of what was left, and taken");
    else
        prove_check(piece.left == 0, "nothing is in it");
}

PROVE(snapshot_reg, 34, FULL)
{
    struct state_reader from = any_reader(), before = from;
    uint64_t id = 0;
    const unsigned char *value = snapshot_reg_get(&from, &id);

    prove_check(is_in(&before, from.at, from.left), "what is left is of what was");
    prove_check(!value || from.left < before.left, "a register is taken, so all have an end");
    prove_check(!value || is_in(&before, value, snapshot_reg_size(id)), "its value is in it");
    prove_check(value || before.left == 0 || from.failed, "if there is none, that is the end");
    prove_check(!snapshot_reg_is_state(id) || snapshot_reg_size(id) <= SNAPSHOT_REG_SIZE_MAX,
                "no register is larger than there is room for");
}
