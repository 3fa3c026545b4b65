/* Finds the caller of a function. */
#include "vmm/report/unwind.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

#include "common/riscv.h"
#include "vmm/boot/elf_image.h"
#include "vmm/guest/page_walk.h"

struct unwind {
    const struct elf_image *image;
    const struct guest_mem *mem;
    uint64_t satp;
    Dwarf *dwarf;
    Dwarf_CFI *eh_frame; /* NULL if there is none; the one for .debug_frame belongs to `dwarf` */
};

struct unwind *
unwind_open(const struct elf_image *image, const struct guest_mem *mem, uint64_t satp)
{
    struct unwind *unwind = malloc(sizeof(*unwind));

    if (unwind)
        *unwind = (struct unwind){
            .image = image,
            .mem = mem,
            .satp = satp,
            .dwarf = dwarf_begin_elf(image->elf, DWARF_C_READ, NULL),
            .eh_frame = dwarf_getcfi_elf(image->elf),
        };
    return unwind;
}

void
unwind_close(struct unwind *unwind)
{
    if (!unwind)
        return;
    if (unwind->eh_frame)
        dwarf_cfi_end(unwind->eh_frame);
    dwarf_end(unwind->dwarf);
    free(unwind);
}

static bool
word_read(const struct unwind *unwind, uint64_t address, uint64_t *word)
{
    return address % sizeof(*word) == 0 &&
           page_walk_read(unwind->mem, unwind->satp, address, word, sizeof(*word));
}

/* The value of a location description that is one register and an offset, as compilers write them.
 * It is an address or, if *is_value is set, the value itself. False for any other description. */
static bool
location(const struct frame *frame, uint64_t cfa, const Dwarf_Op *op, size_t count,
         uint64_t *result, bool *is_value)
{
    *is_value = false;
    for (size_t i = 0; i < count; i++) {
        if (op[i].atom == DW_OP_call_frame_cfa && i == 0) {
            *result = cfa;
        } else if (op[i].atom >= DW_OP_breg0 && op[i].atom <= DW_OP_breg31 && i == 0) {
            *result = frame->x[op[i].atom - DW_OP_breg0] + op[i].number;
        } else if (op[i].atom == DW_OP_bregx && op[i].number < X_COUNT && i == 0) {
            *result = frame->x[op[i].number] + op[i].number2;
        } else if (op[i].atom == DW_OP_regx && op[i].number < X_COUNT && i == 0) {
            *result = frame->x[op[i].number];
            *is_value = true;
        } else if (op[i].atom == DW_OP_plus_uconst && i > 0) {
            *result += op[i].number;
        } else if (op[i].atom == DW_OP_stack_value && i > 0) {
            *is_value = true;
        } else {
            return false;
        }
    }
    return count > 0;
}

/* Sets register `n` of `caller`. */
static bool
register_restore(const struct unwind *unwind, Dwarf_Frame *rules, const struct frame *frame,
                 uint64_t cfa, int n, struct frame *caller)
{
    Dwarf_Op memory[3], *op;
    uint64_t value;
    bool is_value;
    size_t count;

    if (dwarf_frame_register(rules, n, memory, &op, &count) != 0)
        return false;
    if (count == 0) { /* the register is unchanged or, if there is an operation, unknown */
        if (op)
            caller->x[n] = 0;
        return true;
    }
    if (!location(frame, cfa, op, count, &value, &is_value) ||
        (!is_value && !word_read(unwind, value, &value)))
        return false;
    caller->x[n] = value;
    return true;
}

static bool
by_rules(const struct unwind *unwind, Dwarf_Frame *rules, const struct frame *frame,
         struct frame *caller)
{
    Dwarf_Op *op;
    uint64_t cfa;
    bool is_value;
    size_t count;
    int ra = dwarf_frame_info(rules, NULL, NULL, NULL);

    if (ra < 1 || ra >= X_COUNT || dwarf_frame_cfa(rules, &op, &count) != 0 ||
        !location(frame, 0, op, count, &cfa, &is_value) || cfa < frame->x[X_SP])
        return false;
    caller->x[X_SP] = cfa;
    if (!register_restore(unwind, rules, frame, cfa, ra, caller) ||
        !register_restore(unwind, rules, frame, cfa, X_FP, caller) ||
        !register_restore(unwind, rules, frame, cfa, X_S1, caller))
        return false;
    for (int n = X_S2; n <= X_S11; n++)
        if (!register_restore(unwind, rules, frame, cfa, n, caller))
            return false;
    caller->pc = caller->x[ra];
    return true;
}

static bool
by_file(const struct unwind *unwind, const struct frame *frame, struct frame *caller)
{
    /* A return address may be the first address of the next function: the call is just before
     * it. */
    uint64_t pc = elf_image_virtual(unwind->image, frame->pc - !frame->is_first);
    Dwarf_CFI *cfi[2] = {unwind->dwarf ? dwarf_getcfi(unwind->dwarf) : NULL, unwind->eh_frame};

    for (unsigned i = 0; i < 2; i++) {
        Dwarf_Frame *rules = NULL;
        bool found;

        if (!cfi[i] || dwarf_cfi_addrframe(cfi[i], pc, &rules) != 0)
            continue;
        found = by_rules(unwind, rules, frame, caller);
        free(rules);
        if (found)
            return true;
        *caller = *frame;
    }
    return false;
}

/* The return address is at fp - 8, the caller's fp at fp - 16. A leaf function saves no return
 * address: its caller's fp is at fp - 8, and `ra` still says who called. */
static bool
by_frame_pointer(const struct unwind *unwind, const struct frame *frame, struct frame *caller)
{
    const struct elf_image *image = unwind->image;
    uint64_t fp = frame->x[X_FP], saved[2];

    if (fp < sizeof(saved) || !word_read(unwind, fp - 16, &saved[0]) ||
        !word_read(unwind, fp - 8, &saved[1]))
        return false;
    bool is_leaf = frame->is_first && !elf_image_is_code(image, saved[1]) &&
                   elf_image_is_code(image, frame->x[X_RA]) && saved[1] > fp;

    /* Code that was moved, or loaded by the guest, can be a caller, too. */
    if (!is_leaf && !elf_image_is_code(image, saved[1]) && elf_image_is_code(image, frame->pc))
        return false;
    caller->pc = is_leaf ? frame->x[X_RA] : saved[1];
    caller->x[X_FP] = is_leaf ? saved[1] : saved[0];
    caller->x[X_SP] = fp;
    /* Stacks grow down, so the frame of a caller is above. This also ends a loop. */
    if (caller->x[X_FP] <= fp)
        caller->x[X_FP] = 0;
    return true;
}

bool
unwind_step(struct unwind *unwind, struct frame *frame)
{
    struct frame caller = *frame;
    bool is_code = elf_image_is_code(unwind->image, frame->pc);
    bool has_ra = frame->is_first && elf_image_is_code(unwind->image, frame->x[X_RA]);

    /* A jump to nowhere has changed only pc and perhaps ra. */
    if (!is_code && has_ra)
        caller.pc = frame->x[X_RA];
    else if (!by_file(unwind, frame, &caller) && !by_frame_pointer(unwind, frame, &caller))
        caller.pc = has_ra ? frame->x[X_RA] : 0;
    if (caller.pc == 0)
        return false;
    caller.is_first = false;
    *frame = caller;
    return true;
}
