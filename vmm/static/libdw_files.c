/*
 * libdw without other files than the one that it is given. That one can name others, which libdw
 * would look for: split units (.dwo) and the common file that dwz makes. The sandbox ends a process
 * that opens a path, so here libdw finds none of them (the guest case split_lines).
 *
 * The first two functions replace libdw.a's, and the linker is told to have libdw's call of
 * realpath go to the third. libdw has no other way to be told: dwarf_setalt() cannot say "none",
 * libdwfl's callbacks do not cover split units, and a helper process that reads the file outside of
 * the sandbox would cost each start a fork, and read a file there that is not trusted.
 *
 * Remove when libdw can be told to open no files.
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
