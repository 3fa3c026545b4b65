/* From an address to the kernel's function that it is in, for reports of trouble. */
#ifndef TOYOS_SYMBOL_H
#define TOYOS_SYMBOL_H

#include <stdint.h>

/* The name of the function, and in *start its address; NULL: there is none. Takes no lock. */
const char *symbol_find(uint64_t address, uint64_t *start);

#endif
