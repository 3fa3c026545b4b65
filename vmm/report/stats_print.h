/* What --stats prints: the counters of the machine, of its vCPUs, devices and KVM. */
#ifndef DUET_VMM_STATS_PRINT_H
#define DUET_VMM_STATS_PRINT_H

#include <stdio.h>

struct vm;

/* Once, before stats_print: opens the file in /proc from which that reads duet's own memory. */
void stats_open(void);

/* Prints the counters of all vCPUs and devices; with --stats also those of KVM and, after
 * stats_open, the memory that duet itself takes. From any thread, at any time. */
void stats_write(const struct vm *vm, FILE *to);

/* The same on stderr. */
void stats_print(const struct vm *vm);

#endif
