/*
 * libdw without other files than the one it is given. It would open those that this one names:
 * split units (.dwo) and dwz's common file; and look up its path to find them. The sandbox ends a
 * process that does such things, so these find nothing. The linker takes the first two instead of
 * libdw.a's, and is told to have calls of realpath, which only libdw makes, go to the third.
 */
#include <elfutils/libdw.h>
#include <errno.h>
#include <stddef.h>

struct Dwarf_CU *__libdw_find_split_unit(struct Dwarf_CU *unit);

char *__wrap_realpath(const char *path, char *resolved);

struct Dwarf_CU *
__libdw_find_split_unit(struct Dwarf_CU *unit)
{
    (void)unit;
    return NULL;
}

Dwarf *
dwarf_getalt(Dwarf *main)
{
    (void)main;
    return NULL;
}

char *
__wrap_realpath(const char *path, char *resolved)
{
    (void)path, (void)resolved;
    errno = EACCES;
    return NULL;
}
