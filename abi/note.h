/*
 * The ELF note by which a guest says for which ABI version it was built (ELF gABI, "Note
 * Section"). duet reads it before it creates a VM.
 *
 * In one C file of the guest:   DUET_GUEST_NOTE;
 * In an assembly file:          DUET_GUEST_NOTE
 * A linker script has to keep .note.duet in a PT_NOTE segment.
 */
#ifndef DUET_ABI_NOTE_H
#define DUET_ABI_NOTE_H

#include "abi/hypercalls.h"

#define DUET_NOTE_NAME        "Duet" /* with its NUL: 5 bytes */
#define DUET_NOTE_ABI_VERSION 1      /* the note's type; its 4 bytes are a DUET_ABI_VERSION */

#ifdef __ASSEMBLER__
/* clang-format off */
#define DUET_GUEST_NOTE                                                                            \
    .pushsection .note.duet, "a", @note;                                                           \
    .balign 4; .4byte 5, 4, DUET_NOTE_ABI_VERSION; .asciz DUET_NOTE_NAME; .balign 4;               \
    .4byte DUET_ABI_VERSION;                                                                       \
    .popsection
/* clang-format on */
#else
#define DUET_NOTE_STR_(x) #x
#define DUET_NOTE_STR(x)  DUET_NOTE_STR_(x)
#define DUET_GUEST_NOTE                                                                            \
    __asm__(".pushsection .note.duet, \"a\", @note\n"                                              \
            ".balign 4\n"                                                                          \
            ".4byte 5, 4, " DUET_NOTE_STR(                                                         \
                DUET_NOTE_ABI_VERSION) "\n"                                                        \
                                       ".asciz \"" DUET_NOTE_NAME "\"\n"                           \
                                       ".balign 4\n"                                               \
                                       ".4byte " DUET_NOTE_STR(DUET_ABI_VERSION) "\n"              \
                                                                                 ".popsection\n")
#endif

#endif
