/* Names of the kernel's functions, from a table that the second link adds (toyos/symbols.awk). */
#include "toyos/kernel/base/symbol.h"

#include <stddef.h>

/* The table, sorted by address. */
struct kernel_symbol {
    uint64_t start;
    const char *name;
};
extern const struct kernel_symbol kernel_symbols[], kernel_symbols_end[]; /* kernel.ld */
extern const char text_start[], text_end[];

const char *
symbol_find(uint64_t address, uint64_t *start)
{
    const struct kernel_symbol *found = NULL;

    if (address < (uint64_t)text_start || address >= (uint64_t)text_end)
        return NULL;
    for (const struct kernel_symbol *s = kernel_symbols; s < kernel_symbols_end; s++)
        if (s->start <= address)
            found = s;
    if (!found)
        return NULL;
    *start = found->start;
    return found->name;
}
