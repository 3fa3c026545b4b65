/* Sums the vCPUs' counters and prints them. */
#include "vmm/report/stats_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vmm/call/call_stats.h"
#include "vmm/call/hypercall.h"
#include "vmm/log.h"
#include "vmm/machine/vm.h"
#include "vmm/trace/kvm_stats.h"

/* The memory map of this process; NULL if it cannot be read. Two threads may print. */
static FILE *smaps;

void
stats_open(void)
{
    smaps = fopen("/proc/self/smaps", "re");
}

/* The resident bytes of this process without the guest's RAM. */
static uint64_t
own_memory(const struct guest_mem *mem)
{
    unsigned long start, end;
    uint64_t total = 0, kib;
    bool guest = false;
    char line[256];

    if (fseek(smaps, 0, SEEK_SET))
        fail_errno("/proc/self/smaps");
    while (fgets(line, sizeof(line), smaps)) {
        if (sscanf(line, "Rss: %lu kB", &kib) == 1)
            total += guest ? 0 : kib << 10;
        else if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            guest = start - (unsigned long)mem->hva < mem->size;
    }
    return total;
}

static void
exits_print(FILE *to, const struct vm *vm)
{
    static const char *const name[EXIT_KINDS] = {
        [EXIT_HYPERCALL] = "hypercall",
        [EXIT_SBI] = "SBI call",
        [EXIT_MMIO_LOAD] = "MMIO load",
        [EXIT_MMIO_STORE] = "MMIO store",
        [EXIT_SYSTEM_EVENT] = "system event",
        [EXIT_EBREAK] = "EBREAK",
        [EXIT_KICK] = "signal",
        [EXIT_OTHER] = "error",
    };
    uint64_t sum[EXIT_KINDS] = {0}, total = 0;

    for (unsigned kind = 0; kind < EXIT_KINDS; kind++) {
        for (unsigned i = 0; i < vm->vcpu_count; i++)
            sum[kind] += counter_read(&vm->vcpu[i].stats.exits[kind]);
        total += sum[kind];
    }
    fprintf(to, "%-18s %12" PRIu64 "\n", "exits to duet", total);
    for (unsigned kind = 0; kind < EXIT_KINDS; kind++)
        if (sum[kind])
            fprintf(to, "  %-16s %12" PRIu64 "\n", name[kind], sum[kind]);
}

/* Prints microseconds with one decimal. */
static void
duration_print(FILE *to, uint64_t ns)
{
    fprintf(to, " %9" PRIu64 ".%" PRIu64, ns / 1000, ns % 1000 / 100);
}

static void
calls_print(FILE *to, const struct vm *vm)
{
    bool measured = vm->vcpu[0].stats.duration;
    uint64_t unknown = 0;

    fprintf(to, "%-18s %12s %12s %12s%s\n", "hypercalls", "count", "errors", "bytes",
            measured ? "   median us      p99 us" : "");
    for (unsigned nr = 0; nr < DUET_CALLS; nr++) {
        struct duet_call_stats sum = call_stats_sum(vm, nr);
        struct histogram duration = {0};

        if (!sum.count)
            continue;
        for (unsigned i = 0; measured && i < vm->vcpu_count; i++)
            histogram_merge(&duration, &vm->vcpu[i].stats.duration[nr]);
        fprintf(to, "  %-16s %12" PRIu64 " %12" PRIu64 " %12" PRIu64, hypercall_find(nr)->name,
                sum.count, sum.errors, sum.bytes);
        if (measured) {
            duration_print(to, histogram_percentile(&duration, 500));
            duration_print(to, histogram_percentile(&duration, 990));
        }
        fputc('\n', to);
    }
    for (unsigned i = 0; i < vm->vcpu_count; i++)
        unknown += counter_read(&vm->vcpu[i].stats.calls_unknown);
    if (unknown)
        fprintf(to, "  %-16s %12" PRIu64 " %12" PRIu64 "\n", "(unknown)", unknown, unknown);
}

void
stats_write(const struct vm *vm, FILE *to)
{
    int vcpu_fd[CPUS_MAX];

    for (unsigned i = 0; i < vm->vcpu_count; i++)
        vcpu_fd[i] = vm->vcpu[i].stats.kvm_fd;
    exits_print(to, vm);
    calls_print(to, vm);
    devices_stats_print(vm, to);
    kvm_stats_print(to, "KVM, of the VM", &vm->stats_fd, 1);
    kvm_stats_print(to, "KVM, of its vCPUs", vcpu_fd, vm->vcpu_count);
    fprintf(to, "%-18s %12" PRIu64 " KiB, %" PRIu64 " KiB in pages of 2 MiB\n", "memory of guest",
            vm->mem.size >> 10, vm->mem.huge >> 10);
    if (smaps) {
        flockfile(smaps);
        fprintf(to, "%-18s %12" PRIu64 " KiB\n", "memory of duet", own_memory(&vm->mem) >> 10);
        funlockfile(smaps);
    }
}

void
stats_print(const struct vm *vm)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size); /* one write: other threads may talk meanwhile */

    if (!to) {
        fail_errno("--stats");
        return;
    }
    stats_write(vm, to);
    fclose(to);
    fwrite(text, 1, size, stderr);
    free(text);
}
