/*
 * The tables of the second stage, which lead from the guest's physical addresses to the host's
 * (Privileged 1.12 §8.5.1, Sv39x4). A page of the guest's RAM is there from its first use on.
 */
#ifndef HV_GSTAGE_H
#define HV_GSTAGE_H

#include <stdint.h>

/* Makes an empty root, and has hgatp lead to it. */
void gstage_init(void);

/* The host's page for guest physical address `gpa`, any byte of it, which must be in the guest's
 * RAM. If there is none yet it is a new one, of zeroes. */
uint8_t *gstage_page(uint64_t gpa);

/* Takes the page of `gpa` away and frees it, if there is one. The next use gets a new one. */
void gstage_page_release(uint64_t gpa);

#endif
