/* Adds up the vCPUs' counters and prints them. */
#include "vmm/stats.h"

#include <stdio.h>
#include <string.h>

#include "vmm/hypercall.h"
#include "vmm/vm.h"

/* Resident bytes of this process without the guest's RAM; 0 if /proc does not say. */
static uint64_t
own_memory(const struct guest_mem *mem)
{
    FILE *smaps = fopen("/proc/self/smaps", "re");
    unsigned long start, end;
    uint64_t total = 0, kib;
    bool guest = false;
    char line[256];

    while (smaps && fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "Rss: %lu kB", &kib) == 1)
            total += guest ? 0 : kib << 10;
        else if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            guest = start == (unsigned long)mem->hva;
    }
    if (smaps)
        fclose(smaps);
    return total;
}

void
stats_print(const struct vm *vm)
{
    struct stats sum = {0};

    for (unsigned i = 0; i < vm->vcpu_count; i++) {
        const struct stats *one = &vm->vcpu[i].stats;

        sum.exits_sbi += one->exits_sbi;
        sum.exits_mmio += one->exits_mmio;
        sum.exits_kick += one->exits_kick;
        sum.exits_other += one->exits_other;
        sum.calls_unknown += one->calls_unknown;
        for (unsigned nr = 0; nr < DUET_CALLS; nr++) {
            sum.call[nr].count += one->call[nr].count;
            sum.call[nr].errors += one->call[nr].errors;
            sum.call[nr].bytes += one->call[nr].bytes;
        }
    }
    fprintf(stderr, "%-18s %12s\n", "exits to duet", "count");
    fprintf(stderr, "  %-16s %12lu\n", "SBI call", sum.exits_sbi);
    fprintf(stderr, "  %-16s %12lu\n", "MMIO", sum.exits_mmio);
    fprintf(stderr, "  %-16s %12lu\n", "signal", sum.exits_kick);
    fprintf(stderr, "  %-16s %12lu\n", "other", sum.exits_other);
    fprintf(stderr, "%-18s %12s %12s %12s\n", "hypercalls", "count", "errors", "bytes");
    for (unsigned nr = 0; nr < DUET_CALLS; nr++)
        if (sum.call[nr].count)
            fprintf(stderr, "  %-16s %12lu %12lu %12lu\n", hypercall_find(nr)->name,
                    sum.call[nr].count, sum.call[nr].errors, sum.call[nr].bytes);
    if (sum.calls_unknown)
        fprintf(stderr, "  %-16s %12lu %12lu\n", "(unknown)", sum.calls_unknown, sum.calls_unknown);
    disks_stats_print(vm->disks);
    fprintf(stderr, "%-18s %12lu KiB\n", "memory of duet", own_memory(&vm->mem) >> 10);
}
