/* What KVM counts of its own (KVM_GET_STATS_FD; linux/kvm.h, struct kvm_stats_header). */
#ifndef DUET_VMM_KVM_STATS_H
#define DUET_VMM_KVM_STATS_H

#include <stdio.h>

/* A file descriptor of the counters of a VM or vCPU; -1 if this KVM has none. Before any vCPU runs:
 * KVM would make the call wait until that has left the guest. */
int kvm_stats_open(int fd);

/* Prints what is not 0 of the counters of `count` VMs or vCPUs, by what kvm_stats_open gave for
 * them: each counter's sum. At any time. */
void kvm_stats_print(FILE *to, const char *title, const int *stats_fd, unsigned count);

#endif
