/*
 * The layout of a struct that guest and VMM share is part of the ABI. Behind each one stands
 *
 *     #define DUET_LAYOUT_<name>(STRUCT, FIELD) STRUCT(struct's tag, bytes)
 *                                               FIELD(struct's tag, field, offset, bytes)...
 *     DUET_LAYOUT_ASSERT(DUET_LAYOUT_<name>)
 *
 * with a FIELD for each field. The assertion holds the compiler to it on both sides, and the list
 * of the ABI (abi/abi.list) holds the file to what guests were built for.
 */
#ifndef DUET_ABI_LAYOUT_H
#define DUET_ABI_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define DUET_LAYOUT_STRUCT_(tag, bytes)                                                            \
    _Static_assert(sizeof(struct tag) == (bytes),                                                  \
                   "struct " #tag " has not the size of its DUET_LAYOUT, " #bytes " bytes");
#define DUET_LAYOUT_FIELD_(tag, field, at, bytes)                                                  \
    _Static_assert(offsetof(struct tag, field) == (at) &&                                          \
                       sizeof(((struct tag *)0)->field) == (bytes),                                \
                   "struct " #tag "'s field " #field " is not where its DUET_LAYOUT has it");
#define DUET_LAYOUT_ASSERT(LAYOUT) LAYOUT(DUET_LAYOUT_STRUCT_, DUET_LAYOUT_FIELD_)

/* All of them, for the list. */
#define DUET_LAYOUTS(STRUCT, FIELD)                                                                \
    DUET_LAYOUT_INFO(STRUCT, FIELD)                                                                \
    DUET_LAYOUT_CALL_STATS(STRUCT, FIELD)                                                          \
    DUET_LAYOUT_TRAP_REGS(STRUCT, FIELD)                                                           \
    DUET_LAYOUT_RING(STRUCT, FIELD)                                                                \
    DUET_LAYOUT_QUEUE(STRUCT, FIELD)                                                               \
    DUET_LAYOUT_DISK_INFO(STRUCT, FIELD)                                                           \
    DUET_LAYOUT_DISK_REQUEST(STRUCT, FIELD)                                                        \
    DUET_LAYOUT_DISK_COMPLETION(STRUCT, FIELD)                                                     \
    DUET_LAYOUT_SBI_STA(STRUCT, FIELD)

#endif
