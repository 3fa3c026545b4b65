/* The counters of a vCPU. report/stats_print.c sums them. */
#include "vmm/trace/stats.h"

#include <stdlib.h>
#include <unistd.h>

#include "vmm/log.h"
#include "vmm/trace/kvm_stats.h"

int
stats_create(struct stats *stats, int fd, bool measure)
{
    const unsigned calls = DUET_CALLS;

    *stats = (struct stats){.kvm_fd = measure ? kvm_stats_open(fd) : -1};
    if (measure)
        stats->duration = calloc(calls, sizeof(*stats->duration));
    return measure && !stats->duration ? fail_errno("memory for --stats") : 0;
}

void
stats_destroy(struct stats *stats)
{
    free(stats->duration);
    stats->duration = NULL;
    if (stats->kvm_fd >= 0)
        close(stats->kvm_fd);
}
