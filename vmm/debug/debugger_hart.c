/* The registers of a hart that is stopped outside of the guest, and memory as that hart sees it. */
#include <string.h>

#include "common/riscv.h"
#include "vmm/debug/debugger_state.h"
#include "vmm/debug/gdb_regs.h"
#include "vmm/guest/page_walk.h"
#include "vmm/machine/vm.h"

uint64_t
hart_reg(struct debugger *debugger, unsigned hart, unsigned number)
{
    uint64_t value = 0;

    gdb_reg_get(debugger->vm->vcpu[hart].fd, number, &value);
    return value;
}

uint64_t
hart_pc(struct debugger *debugger, unsigned hart)
{
    return hart_reg(debugger, hart, GDB_REG_PC);
}

bool
hart_translate(struct debugger *debugger, unsigned hart, uint64_t gva, uint64_t *gpa)
{
    const struct vm *vm = debugger->vm;
    uint64_t satp = hart_reg(debugger, hart, GDB_REG_satp);

    if (!page_walk(&vm->mem, satp, gva, gpa))
        return false;
    return guest_mem_slice(&vm->mem, *gpa, 1) ||
           (satp >> SATP_MODE_SHIFT == SATP_MODE_BARE && elf_image_physical(vm->image, gva, gpa) &&
            guest_mem_slice(&vm->mem, *gpa, 1));
}

/* Finds the bytes from `gva` to the end of its page, at most `len`. Returns their number and sets
 * their place. */
static size_t
part_at(struct debugger *debugger, unsigned hart, uint64_t gva, size_t len, void **at)
{
    size_t part = PAGE_SIZE - gva % PAGE_SIZE;
    uint64_t gpa;

    if (part > len)
        part = len;
    *at = hart_translate(debugger, hart, gva, &gpa) ? guest_mem_slice(&debugger->vm->mem, gpa, part)
                                                    : NULL;
    return *at ? part : 0;
}

bool
hart_read(struct debugger *debugger, unsigned hart, uint64_t gva, void *to, size_t len)
{
    while (len > 0) {
        void *at;
        size_t part = part_at(debugger, hart, gva, len, &at);

        if (part == 0)
            return false;
        memcpy(to, at, part);
        to = (char *)to + part;
        gva += part;
        len -= part;
    }
    return true;
}

bool
hart_write(struct debugger *debugger, unsigned hart, uint64_t gva, const void *from, size_t len)
{
    while (len > 0) {
        void *at;
        size_t part = part_at(debugger, hart, gva, len, &at);

        if (part == 0)
            return false;
        memcpy(at, from, part);
        __builtin___clear_cache(at, (char *)at + part); /* the bytes may be code */
        from = (const char *)from + part;
        gva += part;
        len -= part;
    }
    return true;
}
