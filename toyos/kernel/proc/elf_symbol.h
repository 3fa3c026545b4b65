/* From an address to the function of a program that it is in, for the report of a fault. */
#ifndef TOYOS_ELF_SYMBOL_H
#define TOYOS_ELF_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

struct inode;

#define ELF_SYMBOL_NAME_SIZE 48 /* bytes of a name, with its NUL; longer ones are cut */

/* Looks in the symbol table of `file`, which may hold anything. False: it does not say. Else `name`
 * is the function's, in printable characters, and *start its address. Reads the file, so it may
 * sleep; the inode must not be locked. */
bool elf_symbol_find(struct inode *file, uint64_t address, char name[ELF_SYMBOL_NAME_SIZE],
                     uint64_t *start);

#endif
