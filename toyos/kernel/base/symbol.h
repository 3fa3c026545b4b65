/* From an address to the function that it is in, for reports of trouble. */
#ifndef TOYOS_SYMBOL_H
#define TOYOS_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

struct inode;

#define SYMBOL_NAME_SIZE 48 /* bytes of a name, with its NUL; longer ones are cut */

/* The kernel's function, and where that starts; NULL: there is none. Takes no lock. */
const char *symbol_of_kernel(uint64_t address, uint64_t *start);

/* The same of a program, by the symbol table of its file, which may be anything. False: it does not
 * say. Reads the file: the caller has to be able to sleep. */
bool symbol_of_program(struct inode *file, uint64_t address, char name[SYMBOL_NAME_SIZE],
                       uint64_t *start);

#endif
