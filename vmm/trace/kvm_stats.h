/* What KVM counts of its own (KVM_GET_STATS_FD; linux/kvm.h, struct kvm_stats_header). */
#ifndef DUET_VMM_KVM_STATS_H
#define DUET_VMM_KVM_STATS_H

#include <stdio.h>

/* A file descriptor of the counters of a VM or vCPU; -1 if this KVM has none. Call it before any
 * vCPU runs: KVM would make the call wait until the vCPU has left the guest. */
int kvm_stats_open(int fd);

/* Prints, below `title`, each counter that is not 0, summed over `count` VMs or vCPUs. `stats_fd`
 * is what kvm_stats_open() returned for each of them. At any time. */
void kvm_stats_print(FILE *to, const char *title, const int *stats_fd, unsigned count);

#endif
