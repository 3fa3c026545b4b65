/* The guest's device tree. */
#ifndef HV_GUEST_TREE_H
#define HV_GUEST_TREE_H

#include <stdint.h>

/* Writes it to the end of the guest's RAM, and gives its guest physical address. */
uint64_t guest_tree_make(void);

#endif
