/* Finds file:line for an address. It searches the units' own ranges, not .debug_aranges, which not
 * every compiler writes. */
#include "vmm/report/source_line.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdbool.h>

#include "vmm/boot/elf_image.h"

/* More than any real program has. It bounds the cost of a damaged file. */
#define UNITS_MAX    100000
#define SIBLINGS_MAX 100000
#define DEPTH_MAX    32
#define NAME_MAX_    200

struct source_lines *
source_lines_open(const struct elf_image *image)
{
    return (struct source_lines *)dwarf_begin_elf(image->elf, DWARF_C_READ, NULL);
}

void
source_lines_close(struct source_lines *lines)
{
    dwarf_end((Dwarf *)lines);
}

/* Prints a name from the file, safe for a terminal. */
static void
name_print(const char *name, FILE *to)
{
    for (unsigned i = 0; i < NAME_MAX_ && name[i]; i++)
        fputc(name[i] >= ' ' && name[i] < 0x7f ? name[i] : '?', to);
}

static bool
unit_find(Dwarf *dwarf, uint64_t pc, Dwarf_Die *unit)
{
    Dwarf_Off offset = 0, next, abbrev;
    uint8_t address_size, offset_size;
    Dwarf_Half version;
    size_t header;

    for (unsigned n = 0; n < UNITS_MAX; n++) {
        if (dwarf_next_unit(dwarf, offset, &next, &header, &version, &abbrev, &address_size,
                            &offset_size, NULL, NULL) != 0)
            return false;
        if (dwarf_offdie(dwarf, offset + header, unit) && dwarf_haspc(unit, pc) == 1)
            return true;
        offset = next;
    }
    return false;
}

/* The child that contains the address. */
static bool
child_find(Dwarf_Die *die, uint64_t pc, Dwarf_Die *found)
{
    Dwarf_Die child;

    if (dwarf_child(die, &child) != 0)
        return false;
    for (unsigned n = 0; n < SIBLINGS_MAX; n++) {
        if (dwarf_haspc(&child, pc) == 1) {
            *found = child;
            return true;
        }
        if (dwarf_siblingof(&child, &child) != 0)
            return false;
    }
    return false;
}

/* The call site of an inlined function (DWARF 5 §3.3.8.2). */
static void
call_print(Dwarf_Die *inlined, Dwarf_Files *files, FILE *to)
{
    const char *name = dwarf_diename(inlined), *file = NULL;
    Dwarf_Attribute attribute;
    Dwarf_Word index, line;

    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &index) == 0)
        file = dwarf_filesrc(files, index, NULL, NULL);
    if (!name || !file ||
        dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) != 0)
        return;
    fputs("; inlined ", to);
    name_print(name, to);
    fputs(" at ", to);
    name_print(file, to);
    fprintf(to, ":%llu", (unsigned long long)line);
}

void
source_line_print(struct source_lines *lines, uint64_t pc, FILE *to)
{
    Dwarf_Die unit, inlined[DEPTH_MAX], die;
    unsigned inlined_count = 0;
    Dwarf_Files *files;
    const char *file;
    Dwarf_Line *line;
    size_t file_count;
    int number;

    if (!lines || !unit_find((Dwarf *)lines, pc, &unit))
        return;
    line = dwarf_getsrc_die(&unit, pc);
    file = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
    if (!file || dwarf_lineno(line, &number) != 0)
        return;
    fputs(" at ", to);
    name_print(file, to);
    fprintf(to, ":%d", number);
    if (dwarf_getsrcfiles(&unit, &files, &file_count) != 0)
        return;
    die = unit;
    for (unsigned depth = 0; depth < DEPTH_MAX && child_find(&die, pc, &die); depth++)
        if (dwarf_tag(&die) == DW_TAG_inlined_subroutine)
            inlined[inlined_count++] = die;
    while (inlined_count)
        call_print(&inlined[--inlined_count], files, to);
}
