/* Finds a program's functions in the symbol table of its ELF file (ELF gABI chapter 4). The file
 * may be malicious: each number in it is only a place to look at, and no more is read than a valid
 * file needs. */
#include "toyos/kernel/proc/elf_symbol.h"

#include "toyos/kernel/fs/inode.h"
#include "toyos/kernel/proc/elf.h"

#define SECTIONS_MAX 64
#define SYMBOLS_MAX  16384
#define PIECE        16 /* how many symbols are read at a time */

/* Reads at most `len` bytes of the file at `offset`. */
static uint64_t
read_some(struct inode *file, void *to, uint64_t offset, uint64_t len)
{
    int64_t n = inode_read(file, to, offset, len);

    return n < 0 ? 0 : (uint64_t)n;
}

static bool
read_section(struct inode *file, const struct elf_header *header, unsigned n,
             struct elf_section *section)
{
    return n < header->section_count &&
           read_some(file, section, header->sections_offset + n * sizeof(*section),
                     sizeof(*section)) == sizeof(*section);
}

/* Finds the symbol table and the string table with its names. */
static bool
find_tables(struct inode *file, struct elf_section *symbols, struct elf_section *strings)
{
    struct elf_header header;

    if (read_some(file, &header, 0, sizeof(header)) != sizeof(header) ||
        header.section_size != sizeof(*symbols))
        return false;
    for (unsigned i = 0; i < SECTIONS_MAX && read_section(file, &header, i, symbols); i++)
        if (symbols->type == ELF_SECTION_SYMBOLS)
            return read_section(file, &header, symbols->link, strings);
    return false;
}

/* Finds the function that contains the address. */
static bool
find_symbol(struct inode *file, const struct elf_section *table, uint64_t address,
            struct elf_symbol *found)
{
    uint64_t count = table->size / sizeof(*found);
    struct elf_symbol piece[PIECE];

    if (count > SYMBOLS_MAX)
        count = SYMBOLS_MAX;
    for (uint64_t i = 0; i < count; i += PIECE) {
        uint64_t n = read_some(file, piece, table->offset + i * sizeof(*piece), sizeof(piece)) /
                     sizeof(*piece);
        if (n > count - i)
            n = count - i;
        for (uint64_t j = 0; j < n; j++) {
            *found = piece[j];
            if (ELF_SYMBOL_TYPE(found->info) == ELF_SYMBOL_FUNCTION &&
                address - found->value < found->size)
                return true;
        }
        if (n < PIECE)
            return false;
    }
    return false;
}

/* Whether a name can be printed. */
static bool
read_name(struct inode *file, uint64_t offset, char name[ELF_SYMBOL_NAME_SIZE])
{
    uint64_t n = read_some(file, name, offset, ELF_SYMBOL_NAME_SIZE - 1), len = 0;

    while (len < n && name[len] > ' ' && name[len] <= '~')
        len++;
    name[len] = '\0';
    return len != 0;
}

bool
elf_symbol_find(struct inode *file, uint64_t address, char name[ELF_SYMBOL_NAME_SIZE],
                uint64_t *start)
{
    struct elf_section symbols, strings;
    struct elf_symbol symbol;
    bool is_found;

    if (inode_lock(file) < 0)
        return false;
    is_found = find_tables(file, &symbols, &strings) &&
               find_symbol(file, &symbols, address, &symbol) &&
               read_name(file, strings.offset + symbol.name, name);
    inode_unlock(file);
    *start = is_found ? symbol.value : 0;
    return is_found;
}
