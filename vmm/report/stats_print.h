/* What --stats prints: the counters of the machine, of its vCPUs, devices and KVM. */
#ifndef DUET_VMM_STATS_PRINT_H
#define DUET_VMM_STATS_PRINT_H

struct vm;

/* Once, before stats_print: opens the file in /proc from which that reads duet's own memory. */
void stats_open(void);

/* Prints the counters of all vCPUs, those of KVM and, after stats_open, the memory that duet itself
 * takes, on stderr. On the VM's owner, at any time. */
void stats_print(const struct vm *vm);

#endif
